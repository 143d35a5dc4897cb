/** Serdes for JSON, on Jackson. */
package io.tidemark.serdes.json;
