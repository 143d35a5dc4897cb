/**
 * Checkpoints: what one consists of ({@link io.tidemark.checkpoint.CheckpointManifest}), where its
 * files are kept ({@link io.tidemark.checkpoint.BlobStore}), how a task's snapshot gets there and
 * back, and which of them are kept.
 */
package io.tidemark.checkpoint;
