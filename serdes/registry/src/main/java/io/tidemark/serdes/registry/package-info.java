package io.tidemark.serdes.registry;
