package io.tidemark.rpc;

import io.tidemark.api.TidemarkException;
import io.tidemark.config.CoordinatorSettings;
import io.tidemark.config.JobSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a job's coordinator is, and how it is called: as the coordinator says in the job's state
 * directory, or as a person says. Any thread may call it.
 */
public final class CoordinatorAddress {
  private final Announcements announcements;
  private final @Nullable String address;
  private final @Nullable Path tokenFile;
  private final @Nullable ClientTls tls;

  private CoordinatorAddress(
      Announcements announcements,
      @Nullable String address,
      @Nullable Path tokenFile,
      @Nullable ClientTls tls) {
    this.announcements = announcements;
    this.address = address;
    this.tokenFile = tokenFile;
    this.tls = tls;
  }

  /** A place where the coordinator answers, as of now. */
  record Place(String address, AccessToken token) {}

  /**
   * The coordinator of a job on this machine, wherever it answers at the time of a call.
   *
   * @param stateDirectory {@code job.state.dir}
   * @param job the job's name and id, {@code NAME-ID}
   */
  public static CoordinatorAddress ofJob(Path stateDirectory, String job) {
    return new CoordinatorAddress(
        new Announcements(stateDirectory.resolve(job), Answerer.COORDINATOR), null, null, null);
  }

  /**
   * The coordinator of a job as its configuration says: at {@code job.coordinator.address} if that
   * has a port, else wherever it answers on this machine; with the configured token and TLS.
   */
  public static CoordinatorAddress of(JobSettings settings) {
    CoordinatorSettings coordinator = settings.coordinator();
    CoordinatorAddress found =
        ofJob(settings.stateDirectory(), settings.job())
            .tokenFile(coordinator.tokenFile())
            .tls(ClientTls.of(coordinator.tls()));
    InetSocketAddress address = coordinator.address();
    return address == null || address.getPort() == 0
        ? found
        : found.at(address.getHostString() + ":" + address.getPort());
  }

  /** The same, always at this {@code HOST:PORT}. */
  public CoordinatorAddress at(String hostAndPort) {
    return new CoordinatorAddress(announcements, hostAndPort, tokenFile, tls);
  }

  /** The same, with the token of this file; null: the one in the job's state directory. */
  public CoordinatorAddress tokenFile(@Nullable Path file) {
    return new CoordinatorAddress(announcements, address, file, tls);
  }

  /** The same, with TLS; null: without. */
  public CoordinatorAddress tls(@Nullable ClientTls files) {
    return new CoordinatorAddress(announcements, address, tokenFile, files);
  }

  @Nullable ClientTls tls() {
    return tls;
  }

  /**
   * Where it is now.
   *
   * @throws TidemarkException (TM-7010) if there is no token, or it may not be read, (TM-7032) if
   *     no coordinator says that it answers on this machine
   */
  Place find() {
    AccessToken token = token();
    String found = address == null ? announcements.containers().get(0) : address;
    if (found == null) {
      throw new TidemarkException(
          "TM-7032",
          "no coordinator of this job says that it answers on this machine. Is the job running, with"
              + " job.coordinator.address other than off? If it runs elsewhere, say HOST:PORT");
    }
    return new Place(found, token);
  }

  private AccessToken token() {
    return tokenFile == null ? announcements.readToken() : readToken(tokenFile);
  }

  /**
   * The token of a file that a person has put there.
   *
   * @throws TidemarkException (TM-7010) if it cannot be read
   */
  static AccessToken readToken(Path file) {
    try {
      return AccessToken.read(file);
    } catch (IOException e) {
      throw new TidemarkException(
          "TM-7010",
          "cannot read the coordinator's token from "
              + file
              + ": "
              + e
              + "; copy it from coordinator/token of the job's state directory where the"
              + " coordinator runs",
          e);
    }
  }
}
