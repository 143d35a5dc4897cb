package io.tidemark.checkpoint;

/**
 * A file of a snapshot and where its bytes are.
 *
 * @param name its path in the engine's directory
 * @param size in bytes
 * @param sha256 of its bytes, 64 hexadecimal digits
 * @param blob the blob that holds it
 * @param offset where in that blob it begins; small files share one
 */
public record FileRef(String name, long size, String sha256, String blob, long offset) {}
