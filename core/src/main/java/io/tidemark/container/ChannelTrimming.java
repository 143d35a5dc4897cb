package io.tidemark.container;

import io.tidemark.api.SystemStream;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.config.JobSettings;
import io.tidemark.config.StreamDefinition;
import io.tidemark.system.StreamSystem;
import io.tidemark.system.SystemAdmin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets what intermediate streams hold that no task will read again.
 *
 * <p>Invariant: nothing is forgotten from the smallest position on at which a part of any completed
 * checkpoint or savepoint stands, whatever its timeline. One of the present timeline is among them;
 * what its tasks have committed is never before their parts of it, so that running tasks lose
 * nothing either. Nothing is forgotten while a manifest cannot be read. (No store is fed by such a
 * stream, which would have to be populated from its beginning.) Called by one thread at a time.
 */
final class ChannelTrimming {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelTrimming.class);

  private final JobSettings settings;
  private final Map<String, StreamSystem> given;
  private final Catalog catalog;
  private final Map<SystemStreamPartition, String> trimmed = new HashMap<>();

  /**
   * @param given systems that are given rather than opened, by name
   */
  ChannelTrimming(JobSettings settings, Map<String, StreamSystem> given, Catalog catalog) {
    this.settings = settings;
    this.given = given;
    this.catalog = catalog;
  }

  /**
   * Trims what may be. What fails is logged, and tried again the next time.
   *
   * @param timeline the number of the timeline that the job is on
   * @param mayTrim asked before each partition is trimmed
   */
  void run(int timeline, BooleanSupplier mayTrim) {
    Set<SystemStream> streams = streams();
    if (streams.isEmpty()) {
      return;
    }
    List<CheckpointManifest> checkpoints = checkpoints();
    if (checkpoints == null) {
      return;
    }
    try (OpenSystems systems = new OpenSystems(settings, given)) {
      needed(checkpoints, timeline, systems)
          .forEach(
              (partition, position) -> {
                if (streams.contains(partition.getSystemStream()) && mayTrim.getAsBoolean()) {
                  trim(systems, partition, position);
                }
              });
    }
  }

  /** The streams that tasks of the job write and others read. */
  private Set<SystemStream> streams() {
    Set<SystemStream> streams = new HashSet<>();
    for (StreamDefinition stream : settings.streams().values()) {
      if (stream.intermediate()) {
        streams.add(stream.systemStream());
      }
    }
    return streams;
  }

  /** All that a start may begin from; null if that cannot be told. */
  private @Nullable List<CheckpointManifest> checkpoints() {
    List<CheckpointManifest> checkpoints = new ArrayList<>();
    for (Catalog.Entry entry : catalog.list()) {
      CheckpointManifest manifest = entry.manifest();
      if (manifest == null) {
        LOG.warn(
            "Intermediate streams are not trimmed while the manifest of {} cannot be read: it may"
                + " need any of their records; delete it if it cannot be repaired",
            entry.location());
        return null;
      }
      checkpoints.add(manifest);
    }
    return checkpoints;
  }

  /**
   * The smallest positions at which any part stands, of the partitions that the present timeline
   * has read.
   */
  private Map<SystemStreamPartition, String> needed(
      List<CheckpointManifest> checkpoints, int timeline, OpenSystems systems) {
    Map<SystemStreamPartition, String> needed = new HashMap<>();
    Set<SystemStreamPartition> read = new HashSet<>();
    for (CheckpointManifest checkpoint : checkpoints) {
      boolean isPresent =
          checkpoint.timeline().number() == timeline && checkpoint.job().equals(settings.job());
      checkpoint
          .tasks()
          .forEach(
              part ->
                  part.positions()
                      .forEach(
                          (partition, position) -> {
                            if (settings.systems().containsKey(partition.getSystem())) {
                              needed.merge(
                                  partition,
                                  position,
                                  (one, other) -> smaller(systems, partition, one, other));
                              if (isPresent) {
                                read.add(partition);
                              }
                            }
                          }));
    }
    needed.keySet().retainAll(read);
    return needed;
  }

  private static String smaller(
      OpenSystems systems, SystemStreamPartition partition, String one, String other) {
    SystemAdmin admin = systems.get(partition.getSystem()).admin();
    return admin.compareOffsets(one, other) <= 0 ? one : other;
  }

  private void trim(OpenSystems systems, SystemStreamPartition partition, String position) {
    if (position.equals(trimmed.get(partition))) {
      return;
    }
    try {
      systems.get(partition.getSystem()).admin().trim(partition, position);
      trimmed.put(partition, position);
      LOG.debug("{} is trimmed up to {}", partition, position);
    } catch (RuntimeException e) {
      LOG.warn("{} is trimmed later: {}", partition, e.toString());
    }
  }
}
