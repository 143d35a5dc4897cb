package io.tidemark.system;

import java.util.Map;

/**
 * How to reach a system.
 *
 * @param name the system's name in this job
 * @param job {@code job.name-job.id}; for client ids and groups
 * @param properties everything under {@code systems.<name>.}, that prefix taken away
 */
public record SystemSettings(String name, String job, Map<String, String> properties) {}
