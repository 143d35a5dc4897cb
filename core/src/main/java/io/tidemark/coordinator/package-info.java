/**
 * Decides: which container runs which task, and when a checkpoint is taken. Knows containers only
 * by what they say ({@link io.tidemark.coordinator.ContainerStatus}) and answers with what is
 * wanted of them ({@link io.tidemark.coordinator.Orders}); runs nothing itself.
 */
package io.tidemark.coordinator;
