package io.tidemark.container;

import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Location;
import io.tidemark.config.CheckpointSettings.OnVerificationFailure;
import io.tidemark.coordinator.CheckpointPublisher;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints in the blob store, for the coordinator. */
final class StoredCheckpoints implements CheckpointPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(StoredCheckpoints.class);

  private final Catalog catalog;
  private final OnVerificationFailure onFailure;

  StoredCheckpoints(Catalog catalog, OnVerificationFailure onFailure) {
    this.catalog = catalog;
    this.onFailure = onFailure;
  }

  @Override
  public String publish(CheckpointManifest manifest) {
    catalog.publish(manifest);
    return Location.of(manifest).toString();
  }

  @Override
  public void retire(long number, String savepoint) {
    Location location =
        savepoint.isEmpty() ? Location.checkpoint(number) : Location.savepoint(savepoint);
    try {
      catalog.delete(location);
    } catch (TidemarkException e) {
      if (!e.code().equals(Catalog.NOT_THERE)) {
        throw e;
      }
    }
  }

  @Override
  public @Nullable Published latest() {
    Catalog.Latest latest = catalog.latestValid(onFailure);
    latest
        .passedOver()
        .forEach(damage -> LOG.warn("A checkpoint is passed over: {}", damage.getMessage()));
    CheckpointManifest manifest = latest.manifest();
    return manifest == null ? null : new Published(manifest, Location.of(manifest).toString());
  }
}
