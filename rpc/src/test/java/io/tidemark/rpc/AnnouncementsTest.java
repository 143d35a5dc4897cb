package io.tidemark.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AnnouncementsTest {
  @TempDir Path job;

  private Path file(String name) {
    return job.resolve("containers").resolve(name);
  }

  @Test
  void whatOneContainerSaysOthersRead() {
    Announcements one = new Announcements(job);
    assertThat(one.containers()).isEmpty();
    one.makeToken();
    one.announce(0, "127.0.0.1:1000");
    Announcements other = new Announcements(job);
    other.announce(1, "127.0.0.1:1001");
    assertThat(one.containers())
        .containsEntry(0, "127.0.0.1:1000")
        .containsEntry(1, "127.0.0.1:1001");
    one.announce(0, "127.0.0.1:1002");
    assertThat(other.containers()).containsEntry(0, "127.0.0.1:1002");
  }

  @Test
  void onlyWhoSpokeLastTakesItBack() {
    Announcements former = new Announcements(job);
    former.makeToken();
    former.announce(0, "127.0.0.1:1000");
    Announcements successor = new Announcements(job);
    successor.announce(0, "127.0.0.1:1001");
    former.withdraw(0);
    assertThat(former.containers()).containsEntry(0, "127.0.0.1:1001");
    successor.withdraw(0);
    successor.withdraw(0);
    assertThat(former.containers()).isEmpty();
  }

  @Test
  void whatAKilledProcessLeftIsKnownAsSuch() throws Exception {
    Announcements announcements = new Announcements(job);
    announcements.makeToken();
    announcements.announce(0, "127.0.0.1:1000");
    String text = Files.readString(file("0"));
    Process ended =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-version")
            .redirectErrorStream(true)
            .start();
    ended.waitFor();
    Files.writeString(file("1"), text.replaceAll("(?m)^process=.*$", "process=" + ended.pid()));
    Files.writeString(
        file("2"), text.replaceAll("(?m)^started=.*$", "started=" + (ThisProcess.started() - 9)));
    Files.writeString(file("3"), "nothing of sense");
    Files.writeString(file("4"), text.replace("format=1", "format=9"));
    Files.writeString(
        file("5"),
        text.replaceAll("(?m)^process=.*$", "process=" + ended.pid())
            .replaceAll("(?m)^host=.*$", "host=another-machine"));
    assertThat(announcements.containers())
        .as("of another machine one cannot tell")
        .containsOnlyKeys(0, 5);
  }

  @Test
  void allContainersThatStartTogetherHaveOneToken() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 20; round++) {
        Path fresh = job.resolve("" + round);
        CountDownLatch begin = new CountDownLatch(1);
        List<Future<String>> made = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          made.add(
              threads.submit(
                  () -> {
                    begin.await();
                    return new Announcements(fresh).makeToken().text();
                  }));
        }
        begin.countDown();
        Set<String> tokens = new HashSet<>();
        for (Future<String> token : made) {
          tokens.add(token.get());
        }
        assertThat(tokens).hasSize(1).allMatch(token -> token.matches("[0-9a-f]{64}"));
        assertThat(fresh.resolve("containers"))
            .isDirectoryNotContaining(path -> !path.endsWith("token"));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void theTokenStaysOverRestartsAndIsShownToNobody() {
    AccessToken token = new Announcements(job).makeToken();
    assertThat(new Announcements(job).makeToken()).isEqualTo(token);
    assertThat(new Announcements(job).readToken()).isEqualTo(token);
    assertThat(token.toString()).doesNotContain(token.text());
  }

  @Test
  void aFileThatHoldsNoTokenIsNamed() throws IOException {
    Announcements announcements = new Announcements(job);
    announcements.makeToken();
    Files.writeString(file("token"), "short");
    assertThatThrownBy(announcements::readToken)
        .hasMessageContaining("TM-7010")
        .hasMessageContaining("has no token");
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws IOException {
    Files.writeString(job.resolve("containers"), "a file in the way");
    assertThatThrownBy(() -> new Announcements(job).makeToken())
        .hasMessageContaining("TM-7005")
        .hasMessageContaining("container.rpc.address=off");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void onlyTheOwnerMayReadTheFiles() throws IOException {
    Announcements announcements = new Announcements(job);
    announcements.makeToken();
    announcements.announce(0, "127.0.0.1:1000");
    assertThat(permissions(job.resolve("containers"))).isEqualTo("rwx------");
    assertThat(permissions(file("token"))).isEqualTo("rw-------");
    assertThat(permissions(file("0"))).isEqualTo("rw-------");
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
