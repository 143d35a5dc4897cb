package io.tidemark.cli.checkpoints;

import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.Location;
import java.io.PrintWriter;
import java.util.List;

/**
 * Deletes checkpoints by name, all of them or, if one may not be deleted or is not there, none.
 *
 * @param force whether the newest one that is not damaged may be deleted
 */
record Deletion(Catalog catalog, boolean force, boolean json, PrintWriter out) {

  void run(List<Location> locations) {
    List<Location> found =
        locations.stream().map(location -> catalog.find(location).location()).distinct().toList();
    found.forEach(this::requireThatItMayGo);
    for (Location location : found) {
      catalog.delete(location);
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
