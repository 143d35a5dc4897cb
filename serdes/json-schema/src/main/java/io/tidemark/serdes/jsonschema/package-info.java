package io.tidemark.serdes.jsonschema;
