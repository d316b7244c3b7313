package dev.lockstep.keys.pkcs11;

import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A SoftHSM token with an RSA-2048 and a P-256 key, both made inside it, behind OpenSC's pkcs11-spy, which writes down every
 * call. Made once per JVM, in the directory that the build names in SOFTHSM2_CONF.
 */
final class SoftHsm {

    static final String PIN = "1234";

    /** The library that the JVM loads: the one that counts. */
    static final Path LIBRARY = TokenHost.library("pkcs11-spy.so").orElse(Path.of("/usr/lib/pkcs11-spy.so"));

    private static SoftHsm instance;

    final X509Certificate rsa;
    final X509Certificate ec;
    private final Path directory;

    private SoftHsm(Path directory) throws Exception {
        this.directory = directory;
        delete(directory);
        Files.createDirectories(tokens());
        Files.writeString(
                directory.resolve("softhsm2.conf"),
                "directories.tokendir = " + tokens() + "\nobjectstore.backend = file\nlog.level = ERROR\n");
        TokenHost host = new TokenHost(directory);
        host.run("softhsm2-util", "--init-token", "--free", "--label", "lockstep", "--so-pin", "5678", "--pin", PIN);
        TokenKeys keys = new TokenKeys(host, module(), "lockstep", PIN);
        rsa = keys.generate("RSA", "rsa:2048", "01", "--usage-decrypt");
        ec = keys.generate("EC", "EC:prime256v1", "02");
    }

    /** The token; without the programs it needs a test is skipped and says so, in CI it fails. */
    static synchronized SoftHsm get() throws Exception {
        if (instance == null) {
            require();
            instance = new SoftHsm(Path.of(System.getenv("SOFTHSM2_CONF")).getParent());
        }
        return instance;
    }

    private static void require() {
        for (String variable : List.of("SOFTHSM2_CONF", "PKCS11SPY", "PKCS11SPY_OUTPUT")) {
            if (System.getenv(variable) == null) {
                throw Needed.absent(variable + " is not set; the build does that");
            }
        }
        Needed.programs("softhsm2 opensc", LIBRARY.toString(), module().toString(), "softhsm2-util", "pkcs11-tool");
    }

    /** The token's own library, for the tools. */
    private static Path module() {
        return Path.of(System.getenv("PKCS11SPY"));
    }

    Path tokens() {
        return directory.resolve("tokens");
    }

    List<X509Certificate> chain(String keyType) {
        return List.of(keyType.equals("EC") ? ec : rsa);
    }

    /** How often the library was called with one of these functions so far. */
    long calls(String... functions) throws IOException {
        List<String> names = List.of(functions);
        try (Stream<String> lines =
                Files.lines(Path.of(System.getenv("PKCS11SPY_OUTPUT")), StandardCharsets.ISO_8859_1)) {
            // A call starts with its number and name: "17: C_Sign"
            return lines.filter(line -> line.matches("\\d+: C_\\w+"))
                    .filter(line -> names.contains(line.substring(line.indexOf(' ') + 1)))
                    .count();
        }
    }

    long signatures() throws IOException {
        return calls("C_Sign", "C_SignFinal", "C_SignRecover");
    }

    long decryptions() throws IOException {
        return calls("C_Decrypt", "C_DecryptFinal", "C_UnwrapKey");
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
