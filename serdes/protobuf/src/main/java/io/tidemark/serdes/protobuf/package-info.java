package io.tidemark.serdes.protobuf;
