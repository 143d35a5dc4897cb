package io.tidemark.cli.checkpoints;

import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Location;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Deletes checkpoints by name, all of them or, if one may not be deleted or is not there, none.
 *
 * @param coordinator deletes what it knows
 * @param force whether the newest one that is not damaged may be deleted
 */
record Deletion(
    Catalog catalog, RunningCoordinator coordinator, boolean force, boolean json, PrintWriter out) {

  void run(List<Location> locations) {
    Map<Location, Catalog.Entry> found = new LinkedHashMap<>();
    for (Location location : locations) {
      Catalog.Entry entry = catalog.find(location);
      found.put(entry.location(), entry);
    }
    found.keySet().forEach(this::requireThatItMayGo);
    for (Map.Entry<Location, Catalog.Entry> each : found.entrySet()) {
      Location location = each.getKey();
      CheckpointManifest manifest = each.getValue().manifest();
      if (manifest == null || !coordinator.delete(manifest.number())) {
        catalog.delete(location);
      }
      out.print(
          (json ? Output.json(Output.object("deleted", location)) : "Deleted " + location) + "\n");
    }
    out.flush();
  }

  private void requireThatItMayGo(Location location) {
    for (Catalog.Entry entry : catalog.list()) {
      if (entry.manifest() != null) {
        if (!force && entry.location().equals(location)) {
          throw new TidemarkException(
              "TM-8401",
              location
                  + " is the newest checkpoint, from which a recovery starts; wait for the next one,"
                  + " or give --force");
        }
        return;
      }
    }
  }
}
