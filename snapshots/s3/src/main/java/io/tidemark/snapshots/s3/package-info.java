/** Blob stores in S3 and in servers that speak its protocol, such as Ceph and MinIO. */
package io.tidemark.snapshots.s3;
