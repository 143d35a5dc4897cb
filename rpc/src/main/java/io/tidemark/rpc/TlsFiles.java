package io.tidemark.rpc;

import io.tidemark.api.ConfigException;

/** What is said when certificates and keys cannot be used. */
final class TlsFiles {
  private TlsFiles() {}

  static ConfigException unusable(String keys, Exception cause) {
    return new ConfigException(
        "TM-7004",
        keys
            + ": the files for TLS cannot be used: "
            + cause
            + ". They must be readable and in PEM, the key unencrypted (PKCS #8) and that of the"
            + " certificate",
        cause);
  }
}
