package io.tidemark.runtime;

import io.tidemark.api.TaskName;

/** What a worker tells of its tasks, on its own thread. Must not block. */
public interface TaskEvents {
  /** Tells nobody. */
  TaskEvents NONE =
      new TaskEvents() {
        @Override
        public void cut(CutPoint cut) {
          cut.goOn().run();
        }

        @Override
        public void cutFailed(TaskName task, long generation, long checkpoint, String why) {
          // Nobody wants to know.
        }
      };

  /** A task has made a cut, and that is committed. */
  void cut(CutPoint cut);

  /** A task cannot be part of a checkpoint, and goes on. */
  void cutFailed(TaskName task, long generation, long checkpoint, String why);
}
