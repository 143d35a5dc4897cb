/** What users test their tasks with: {@link io.tidemark.testing.TaskTester}. */
package io.tidemark.testing;
