package io.tidemark.state;

import io.tidemark.state.EngineReader.Direction;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Entries as they are after some changes: those of an engine, over which go those of another that
 * keeps the changes, as {@link Overlay} writes them. Confined to one thread.
 */
final class OverlaidIterator implements EngineIterator {
  private final @Nullable EngineIterator base;
  private final EngineIterator changes;
  private final int sign;
  private byte @Nullable [] baseKey;
  private byte @Nullable [] changedKey;
  private byte @Nullable [] changed;

  /** Whether the entry it stands on is the base's. */
  private boolean onBase;

  /**
   * @param base what was before; null if nothing was
   * @param changes what has changed
   * @param direction that of both
   */
  OverlaidIterator(@Nullable EngineIterator base, EngineIterator changes, Direction direction) {
    this.base = base;
    this.changes = changes;
    this.sign = direction == Direction.FORWARD ? 1 : -1;
    lookAtBase();
    lookAtChanges();
    settle();
  }

  private void lookAtBase() {
    baseKey = base != null && base.valid() ? base.key() : null;
  }

  private void lookAtChanges() {
    changedKey = changes.valid() ? changes.key() : null;
    changed = changedKey == null ? null : changes.value();
  }

  /** Passes over what was removed, and over what the base has of keys that have changed. */
  private void settle() {
    while (changedKey != null) {
      int order =
          baseKey == null ? 1 : sign * Integer.signum(Arrays.compareUnsigned(baseKey, changedKey));
      if (order < 0) {
        break;
      }
      if (order == 0) {
        stepBase();
      }
      if (!Overlay.isRemoval(Objects.requireNonNull(changed))) {
        onBase = false;
        return;
      }
      changes.next();
      lookAtChanges();
    }
    onBase = true;
  }

  private void stepBase() {
    Objects.requireNonNull(base).next();
    lookAtBase();
  }

  @Override
  public boolean valid() {
    return onBase ? baseKey != null : changedKey != null;
  }

  @Override
  public void next() {
    if (onBase) {
      stepBase();
    } else {
      changes.next();
      lookAtChanges();
    }
    settle();
  }

  @Override
  public byte[] key() {
    return Objects.requireNonNull(onBase ? baseKey : changedKey);
  }

  @Override
  public byte[] value() {
    return onBase
        ? Objects.requireNonNull(base).value()
        : Overlay.value(Objects.requireNonNull(changed));
  }

  @Override
  public void close() {
    changes.close();
    if (base != null) {
      base.close();
    }
  }
}
