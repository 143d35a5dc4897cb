/** Blob stores in HDFS. */
package io.tidemark.snapshots.hdfs;
