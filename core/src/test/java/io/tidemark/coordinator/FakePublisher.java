package io.tidemark.coordinator;

import io.tidemark.checkpoint.CheckpointManifest;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Manifests in memory. */
class FakePublisher implements CheckpointPublisher {
  final TreeMap<Long, CheckpointManifest> manifests = new TreeMap<>();

  /** Called before and after whatever changes something. */
  Runnable fault = () -> {};

  @Override
  public String publish(CheckpointManifest manifest) {
    fault.run();
    manifests.putIfAbsent(manifest.number(), manifest);
    fault.run();
    return location(manifest.number());
  }

  static String location(long number) {
    return "checkpoints/" + number;
  }

  @Override
  public void retire(long number, String savepoint) {
    fault.run();
    manifests.remove(number);
    fault.run();
  }

  @Override
  public @Nullable Published latest() {
    if (manifests.isEmpty()) {
      return null;
    }
    CheckpointManifest newest = manifests.lastEntry().getValue();
    return new Published(newest, location(newest.number()));
  }
}
