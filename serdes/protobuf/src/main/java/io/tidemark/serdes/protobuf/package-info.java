/** Serdes for Protocol Buffers, of classes that its compiler has generated. */
package io.tidemark.serdes.protobuf;
