package io.tidemark.benchmarks.bench;

import java.util.Map;

/**
 * When, how and on what a measurement was made.
 *
 * @param began when it did, as ISO 8601 has it, in UTC
 * @param command that repeats it, perhaps with others
 * @param rounds how often each contender ran
 * @param machine what it ran on
 */
record Occasion(String began, String command, int rounds, Map<String, String> machine) {

  /** The day it was made. */
  String date() {
    return began.substring(0, Math.min(began.length(), "2026-11-21".length()));
  }
}
