package io.tidemark.cli.checkpoints;

import io.tidemark.api.Config;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.BlobStores;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.Verifier.Scratch;
import io.tidemark.cli.options.JobOptions;
import io.tidemark.config.JobSettings;
import io.tidemark.config.Plugins;
import io.tidemark.state.EngineFactory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The checkpoints of the job that a command looks at. Confined to one thread. */
final class OpenCatalog implements AutoCloseable {
  private final Config config;
  private final JobSettings settings;
  private final BlobStore blobs;
  private final Catalog catalog;
  private final Map<String, EngineFactory> engines = new HashMap<>();

  OpenCatalog(JobOptions options) {
    config = options.load();
    settings = JobSettings.parse(config);
    blobs = BlobStores.open(settings);
    catalog = new Catalog(blobs);
  }

  /** What a person calls a checkpoint: a location, or only its number. */
  static Location location(String text) {
    return Location.parse(text.matches("[0-9]+") ? "checkpoint:" + text : text);
  }

  Config config() {
    return config;
  }

  JobSettings settings() {
    return settings;
  }

  BlobStore blobs() {
    return blobs;
  }

  Catalog catalog() {
    return catalog;
  }

  /** Restores states below the directory for temporary files. */
  Scratch scratch() {
    return new Scratch(
        Path.of(System.getProperty("java.io.tmpdir")), this::engine, settings.stores());
  }

  private EngineFactory engine(String type) {
    return engines.computeIfAbsent(
        type,
        wanted ->
            Plugins.find(
                EngineFactory.class, EngineFactory::type, "the engine of the checkpoint", wanted));
  }

  @Override
  public void close() {
    engines.values().forEach(EngineFactory::close);
    blobs.close();
  }
}
