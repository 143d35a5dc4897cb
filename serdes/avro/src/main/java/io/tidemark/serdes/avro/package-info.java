/** Serdes for Avro: generic records, generated classes, and classes by reflection. */
package io.tidemark.serdes.avro;
