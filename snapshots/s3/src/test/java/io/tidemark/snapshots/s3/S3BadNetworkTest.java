package io.tidemark.snapshots.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.BlobStore.Source;
import io.tidemark.checkpoint.BlobStoreContract;
import io.tidemark.checkpoint.BlobStoreException;
import io.tidemark.snapshots.s3.BadNetwork.Fault;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the S3 store does when requests and responses are lost, throttled and cut off. */
class S3BadNetworkTest {
  private final String bucket = S3Server.newBucket();
  private BadNetwork network;

  @AfterEach
  void closeNetwork() throws Exception {
    if (network != null) {
      network.close();
    }
  }

  /** The contract holds while every thirtieth request or so goes wrong. */
  @Nested
  class AtRandom extends BlobStoreContract {
    private final String name = S3Server.newBucket();
    private BadNetwork bad;

    @Override
    protected BlobStore open() throws IOException {
      if (bad == null) {
        long seed = System.nanoTime();
        System.out.println("seed of the bad network: " + seed);
        Random random = new Random(seed);
        Fault[] faults = Fault.values();
        bad =
            new BadNetwork(
                S3Server.port(),
                line -> {
                  synchronized (random) {
                    return random.nextInt(30) == 0
                        ? faults[random.nextInt(faults.length - 1)]
                        : Fault.NONE;
                  }
                });
      }
      return new S3BlobStore(S3BlobStoreTest.settings(bad.port(), name, 10), () -> 0);
    }

    @Override
    protected int manyNames() {
      return 60;
    }

    @Override
    protected boolean readersMayFail() {
      return true; // Replaced while the connection was broken.
    }

    @AfterEach
    void closeBad() throws IOException {
      bad.close();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"NONE", "TOLD_DONE"},
      mode = EnumSource.Mode.EXCLUDE)
  void a_manifest_is_put_once_whatever_happens_to_the_first_request(Fault fault) throws Exception {
    try (BlobStore store = through(first("PUT /" + bucket + "/jobs/totals-1/manifest", fault))) {
      assertThat(store.putIfAbsent("manifest", new byte[] {1, 2, 3})).isTrue();
      assertThat(store.putIfAbsent("manifest", new byte[] {4})).isFalse();
      assertThat(store.read("manifest")).containsExactly(1, 2, 3);
    }
    assertThat(network.spoiled()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"NONE", "TOLD_DONE"},
      mode = EnumSource.Mode.EXCLUDE)
  void a_large_blob_is_whole_whatever_happens_to_its_completion(Fault fault) throws Exception {
    byte[] large = new byte[12 << 20];
    new Random(1).nextBytes(large);
    try (BlobStore store =
        through(first("POST /" + bucket + "/jobs/totals-1/large?uploadId", fault))) {
      store.put("large", Source.of(large));

      assertThat(Arrays.equals(store.read("large"), large)).isTrue();
    }
    assertThat(network.spoiled()).hasSize(1);
  }

  @Test
  void reading_goes_on_where_the_connection_broke() throws Exception {
    byte[] large = new byte[6 << 20];
    new Random(2).nextBytes(large);
    AtomicInteger gets = new AtomicInteger();
    try (BlobStore store =
        through(
            line ->
                line.startsWith("GET /" + bucket + "/jobs/totals-1/large")
                        && gets.incrementAndGet() <= 3
                    ? Fault.CUT_WITHIN
                    : Fault.NONE)) {
      store.put("large", Source.of(large));

      assertThat(Arrays.equals(store.read("large"), large)).isTrue();
    }
    assertThat(gets).hasValue(4);
  }

  @Test
  void what_never_works_is_told_after_the_retries() throws Exception {
    try (BlobStore store =
        through(line -> line.startsWith("PUT") ? Fault.SERVER_ERROR : Fault.NONE)) {
      assertThatThrownBy(() -> store.put("never", Source.of(new byte[1])))
          .isInstanceOf(BlobStoreException.class)
          .hasMessageStartingWith("TM-8101: the blob never cannot be written to s3://" + bucket)
          .hasMessageContaining("500 InternalError");
    }
    assertThat(network.spoiled()).hasSize(4);
  }

  @Test
  void a_server_that_ignores_conditions_is_refused() throws Exception {
    try (BlobStore store = through(line -> line.startsWith("PUT") ? Fault.TOLD_DONE : Fault.NONE)) {
      assertThatThrownBy(() -> store.putIfAbsent("manifest", new byte[1]))
          .isInstanceOf(BlobStoreException.class)
          .hasMessageStartingWith("TM-8105: ")
          .hasMessageContaining("ignores the header If-None-Match");
    }
  }

  private BlobStore through(Function<String, Fault> script) throws IOException {
    network = new BadNetwork(S3Server.port(), script);
    return new S3BlobStore(S3BlobStoreTest.settings(network.port(), bucket, 3), () -> 0);
  }

  private static Function<String, Fault> first(String request, Fault fault) {
    AtomicInteger seen = new AtomicInteger();
    return line -> line.startsWith(request) && seen.incrementAndGet() == 1 ? fault : Fault.NONE;
  }
}
