/**
 * The journal: one log partition per task, to which everything the task commits goes as one block,
 * in one transaction with what it sent. {@link io.tidemark.journal.Journal} is what a system has to
 * offer for that; the block format is here too, and so is the memory journal.
 */
package io.tidemark.journal;
