/** The tidemark command. */
package io.tidemark.cli;
