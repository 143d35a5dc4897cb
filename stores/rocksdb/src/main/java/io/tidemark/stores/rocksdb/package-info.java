/** RocksDB as a storage engine. */
package io.tidemark.stores.rocksdb;
