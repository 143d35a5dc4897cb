package io.tidemark.rpc;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A certificate authority of a test's own, and what it vouches for, made with the JDK's keytool.
 */
final class Certificates {
  private static final String PASSWORD = "password";

  private final Path directory;
  private final String name;

  /**
   * @param directory where files go
   * @param name the authority's, to tell it from another
   */
  Certificates(Path directory, String name) throws Exception {
    this.directory = directory;
    this.name = name;
    generate(name, "CN=" + name, "-ext", "bc:c");
    export(name, name + "-ca");
  }

  /** The authority's own certificate. */
  Path ca() {
    return directory.resolve(name + "-ca.crt");
  }

  /** A certificate for 127.0.0.1, with its key beside it. */
  Path certificate(String of) throws Exception {
    String alias = name + "-" + of;
    generate(alias, "CN=" + of);
    Path request = directory.resolve(alias + ".csr");
    Path signed = directory.resolve(alias + ".signed");
    keytool(alias, "-certreq", "-file", request.toString());
    keytool(
        name,
        "-gencert",
        "-infile",
        request.toString(),
        "-outfile",
        signed.toString(),
        "-ext",
        "san=ip:127.0.0.1,dns:localhost");
    keytool(name, "-exportcert", "-file", directory.resolve(alias + ".issuer").toString());
    importInto(alias, "issuer", directory.resolve(alias + ".issuer"));
    importInto(alias, alias, signed);
    export(alias, alias);
    return directory.resolve(alias + ".crt");
  }

  /** The private key of a certificate. */
  static Path key(Path certificate) {
    return certificate.resolveSibling(certificate.getFileName().toString().replace(".crt", ".key"));
  }

  private void generate(String alias, String subject, String... more) throws Exception {
    List<String> options =
        new ArrayList<>(
            List.of(
                "-dname", subject, "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2"));
    options.addAll(List.of(more));
    keytool(alias, "-genkeypair", options.toArray(String[]::new));
  }

  private void importInto(String store, String alias, Path file) throws Exception {
    run(store, List.of("-importcert", "-noprompt", "-alias", alias, "-file", file.toString()));
  }

  private void keytool(String alias, String command, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(command, "-alias", alias));
    arguments.addAll(List.of(options));
    run(alias, arguments);
  }

  private void run(String store, List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(arguments);
    command.addAll(
        List.of(
            "-keystore",
            store(store).toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-J-XX:TieredStopAtLevel=1"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + output);
    }
  }

  private Path store(String alias) {
    return directory.resolve(alias + ".p12");
  }

  private void export(String alias, String file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream input = Files.newInputStream(store(alias))) {
      store.load(input, PASSWORD.toCharArray());
    }
    StringBuilder chain = new StringBuilder();
    for (Certificate certificate : store.getCertificateChain(alias)) {
      chain.append(pem("CERTIFICATE", certificate.getEncoded()));
    }
    Files.writeString(directory.resolve(file + ".crt"), chain);
    byte[] key = store.getKey(alias, PASSWORD.toCharArray()).getEncoded();
    Files.writeString(directory.resolve(file + ".key"), pem("PRIVATE KEY", key));
  }

  private static String pem(String type, byte[] bytes) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n";
  }
}
