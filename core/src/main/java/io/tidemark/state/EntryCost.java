package io.tidemark.state;

/**
 * What entries of one store take in memory. Objects whose class does not tell their size are
 * measured on a sample, and the others taken for as large in proportion to their serialized bytes.
 * Confined to the task's worker.
 */
final class EntryCost {
  /** The entry itself, its engine key's header, and its share of the cache's table. */
  private static final int ENTRY = 64 + 16 + 24;

  /** What stands for a key that is not a value of its own. */
  private static final int BYTES_AS_KEY = 24 + 16;

  private static final int SAMPLED = 32;

  private final boolean keysAreValues;
  private double perByte = 4;
  private int typicalKey;
  private int typicalObject = 64;
  private int typicalStored = 16;
  private int sinceSample = SAMPLED;
  private boolean sampled;

  /**
   * @param keysAreValues whether a cached key is an object without its bytes
   */
  EntryCost(boolean keysAreValues) {
    this.keysAreValues = keysAreValues;
  }

  /** Learns from a value and its stored form. */
  void learn(Object value, int storedBytes) {
    typicalStored += (storedBytes - typicalStored) / 8;
    if (ObjectSize.atAGlance(value) < 0 && ++sinceSample > SAMPLED) {
      double measured = (double) ObjectSize.of(value) / Math.max(1, storedBytes);
      perByte = sampled ? perByte + (measured - perByte) / 8 : measured;
      sampled = true;
      sinceSample = 0;
    }
    typicalObject += ((int) (perByte * storedBytes) - typicalObject) / 8;
  }

  /** About how many bytes a value has in its stored form. */
  int stored(Object value) {
    if (value instanceof byte[] bytes) {
      return bytes.length;
    } else if (value instanceof String string) {
      return string.length();
    }
    return typicalStored;
  }

  /** The memory of a value whose stored form has so many bytes. */
  int value(Object value, int storedBytes) {
    int known = ObjectSize.atAGlance(value);
    return known >= 0 ? known : (int) Math.min(Integer.MAX_VALUE / 2, perByte * storedBytes);
  }

  /** The memory of a value whose stored form is not known. */
  int value(Object value) {
    int known = ObjectSize.atAGlance(value);
    return known >= 0 ? known : typicalObject;
  }

  /** The memory of an entry but for its value. */
  int entry(Object key, byte[] engineKey) {
    int keyObject = ObjectSize.atAGlance(key);
    if (keyObject < 0) {
      if (typicalKey == 0) {
        typicalKey = (int) Math.min(1 << 20, ObjectSize.of(key));
      }
      keyObject = typicalKey;
    }
    int asKey = keysAreValues ? 0 : BYTES_AS_KEY + engineKey.length;
    return ENTRY + engineKey.length + keyObject + asKey;
  }
}
