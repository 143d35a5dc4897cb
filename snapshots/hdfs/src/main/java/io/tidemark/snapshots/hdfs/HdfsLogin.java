package io.tidemark.snapshots.hdfs;

import io.tidemark.checkpoint.BlobStoreException;
import java.io.IOException;
import java.security.PrivilegedExceptionAction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.UserGroupInformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a file system as whom the settings say. */
final class HdfsLogin {
  private static final Logger LOG = LoggerFactory.getLogger(HdfsLogin.class);

  private HdfsLogin() {}

  /**
   * The file system. A principal's ticket is renewed by Hadoop's client, from the keytab.
   *
   * @throws BlobStoreException (TM-8104) if the principal cannot log in, (TM-8105) if there is no
   *     such file system
   */
  static FileContext open(HdfsSettings settings) {
    Configuration configuration = new Configuration();
    settings.hadoop().forEach(configuration::set);
    try {
      if (settings.principal() == null) {
        return context(settings, configuration);
      }
      configuration.set("hadoop.security.authentication", "kerberos");
      UserGroupInformation user = login(settings, configuration);
      LOG.info("Logged in to HDFS as {}", user.getUserName());
      return user.doAs(
          (PrivilegedExceptionAction<FileContext>) () -> context(settings, configuration));
    } catch (IOException | IllegalArgumentException e) {
      throw new BlobStoreException(
          BlobStoreException.NO_STORE,
          "blobs cannot be kept in " + settings.location() + ": " + e.getMessage(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BlobStoreException(BlobStoreException.UNREACHABLE, "interrupted", e);
    }
  }

  private static UserGroupInformation login(HdfsSettings settings, Configuration configuration) {
    try {
      UserGroupInformation.setConfiguration(configuration);
      return UserGroupInformation.loginUserFromKeytabAndReturnUGI(
          settings.principal(), settings.keytab());
    } catch (IOException | IllegalArgumentException e) {
      throw new BlobStoreException(
          BlobStoreException.FORBIDDEN,
          settings.principal()
              + " cannot log in with the keytab "
              + settings.keytab()
              + " (task.checkpoint.store.hdfs.principal and .keytab): "
              + e.getMessage(),
          e);
    }
  }

  private static FileContext context(HdfsSettings settings, Configuration configuration)
      throws IOException {
    FileContext files =
        settings.uri() == null
            ? FileContext.getFileContext(configuration)
            : FileContext.getFileContext(settings.uri(), configuration);
    files.makeQualified(new Path(settings.path()));
    return files;
  }
}
