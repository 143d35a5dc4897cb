/**
 * Configuration: each key is defined once, in {@code Keys}; {@link
 * io.tidemark.config.JobSettings#parse} turns what the user wrote into records or says everything
 * that is wrong with it; {@link io.tidemark.config.ConfigReference} renders the reference. What a
 * key names, such as a serde or a class, is found here too.
 */
package io.tidemark.config;
