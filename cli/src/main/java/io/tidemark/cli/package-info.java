/**
 * The {@code tidemark} command. Each command under it is a class of its own, listed in {@code
 * TidemarkCommand}; what they have in common (errors, logging, exit codes) is in {@code Main}.
 */
package io.tidemark.cli;
