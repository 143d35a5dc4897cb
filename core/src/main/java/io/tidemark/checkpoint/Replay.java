package io.tidemark.checkpoint;

import io.tidemark.api.CheckpointVerificationException;
import io.tidemark.checkpoint.RestoredTask.Engine;
import io.tidemark.checkpoint.Verifier.Problem;
import io.tidemark.checkpoint.Verifier.Scratch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Restores tasks' states, computes digests anew, and compares them with those that were kept: of
 * the files themselves, and of the state that the checkpoint before becomes by the journal, where
 * its segments reach as far. Confined to one thread.
 */
final class Replay {
  private final BlobStore blobs;
  private final Scratch scratch;

  Replay(BlobStore blobs, Scratch scratch) {
    this.blobs = blobs;
    this.scratch = scratch;
  }

  /**
   * Verifies a task's part.
   *
   * @param former its part of the checkpoint before; null if there is none
   * @param atCut gets the digests at the cut, by task and store
   */
  List<Problem> verify(
      TaskManifest task, @Nullable TaskManifest former, Map<String, SlotDigest> atCut) {
    List<Problem> problems = new ArrayList<>();
    try (RestoredTask restored = RestoredTask.open(blobs, task, scratch)) {
      for (int i = 0; i < task.engines().size(); i++) {
        EngineManifest kept = task.engines().get(i);
        Engine engine = restored.engines().get(i);
        long commit = engine.engine().commit().number();
        if (commit != kept.commit()) {
          problems.add(
              new Problem(what(task, kept), "commit " + kept.commit(), "commit " + commit));
        }
        compare(what(task, kept) + ", its files", kept, engine, problems);
      }
      restored.replay(task.commit());
      for (Engine engine : restored.engines()) {
        RestoredTask.digests(engine)
            .forEach((store, slots) -> atCut.put(task.task() + "/" + store, sum(slots)));
      }
    } catch (CheckpointVerificationException e) {
      problems.add(Problem.of(e));
    }
    if (former != null) {
      problems.addAll(compareWithFormer(task, former));
    }
    return problems;
  }

  private List<Problem> compareWithFormer(TaskManifest task, TaskManifest former) {
    List<Problem> problems = new ArrayList<>();
    for (EngineManifest kept : task.engines()) {
      for (EngineManifest before : former.engines()) {
        boolean reachesIt =
            before.type().equals(kept.type())
                && before.commit() < kept.commit()
                && kept.commit() <= former.commit();
        if (reachesIt && !kept.digests().isEmpty()) {
          try (RestoredTask restored = RestoredTask.open(blobs, former, scratch)) {
            restored.replay(kept.commit());
            restored.engines().stream()
                .filter(engine -> engine.type().equals(kept.type()))
                .forEach(
                    engine ->
                        compare(
                            what(task, kept) + ", replayed from the checkpoint before",
                            kept,
                            engine,
                            problems));
          } catch (CheckpointVerificationException e) {
            continue; // damage of the other checkpoint is found when that one is verified
          }
        }
      }
    }
    return problems;
  }

  private static void compare(
      String what, EngineManifest kept, Engine engine, List<Problem> problems) {
    if (kept.digests().isEmpty()) {
      return;
    }
    Map<String, Map<Integer, SlotDigest>> expected = new HashMap<>(kept.digests());
    expected.values().removeIf(Map::isEmpty);
    Map<String, Map<Integer, SlotDigest>> found = RestoredTask.digests(engine);
    TreeSet<String> stores = new TreeSet<>(expected.keySet());
    stores.addAll(found.keySet());
    for (String store : stores) {
      Map<Integer, SlotDigest> expectedSlots = expected.getOrDefault(store, Map.of());
      Map<Integer, SlotDigest> foundSlots = found.getOrDefault(store, Map.of());
      TreeSet<Integer> slots = new TreeSet<>(expectedSlots.keySet());
      slots.addAll(foundSlots.keySet());
      for (int slot : slots) {
        SlotDigest one = expectedSlots.get(slot);
        SlotDigest other = foundSlots.get(slot);
        if (!Objects.equals(one, other)) {
          problems.add(
              new Problem(what + ", store " + store + ", slot " + slot, text(one), text(other)));
        }
      }
    }
  }

  private static String text(@Nullable SlotDigest digest) {
    return digest == null
        ? "nothing"
        : String.format(
            "%d entries of digest %016x %016x", digest.entries(), digest.first(), digest.second());
  }

  private static SlotDigest sum(Map<Integer, SlotDigest> slots) {
    return slots.values().stream().reduce(SlotDigest.EMPTY, SlotDigest::plus);
  }

  private static String what(TaskManifest task, EngineManifest engine) {
    return "the " + engine.type() + " engine of task " + task.task();
  }
}
