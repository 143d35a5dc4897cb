/**
 * What a user of Tidemark imports: tasks, envelopes, stores, serdes, contexts, configuration,
 * errors. The shapes are Samza's, so that a task moves by changing imports.
 */
package io.tidemark.api;
