package dev.lockstep.keys.pkcs11;

import dev.lockstep.testkit.certificate.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Stream;

/** Keys made inside a token and certificates put beside them, with OpenSC's pkcs11-tool. */
final class TokenKeys {

    private final TokenHost host;
    private final Path module;
    private final String label;
    private final String pin;
    private final TestAuthority authority = TestAuthority.root("authority.test", Instant.now());

    TokenKeys(TokenHost host, Path module, String label, String pin) {
        this.host = host;
        this.module = module;
        this.label = label;
        this.pin = pin;
    }

    /**
     * Makes a key and its certificate.
     *
     * @param type as the JDK names it
     * @param made as pkcs11-tool names what is made, such as rsa:2048
     * @param id CKA_ID in hexadecimal digits
     */
    X509Certificate generate(String type, String made, String id, String... usage) throws Exception {
        tool(Stream.concat(
                        Stream.of("--keypairgen", "--key-type", made, "--id", id, "--usage-sign", "--sensitive"),
                        Stream.of(usage))
                .toArray(String[]::new));
        return certify(type, id);
    }

    /** Puts a certificate beside a key that is there; a copy of it is in the directory, under the name of its type. */
    X509Certificate certify(String type, String id) throws Exception {
        Path file = host.directory.resolve(type + ".der");
        tool("--read-object", "--type", "pubkey", "--id", id, "--output-file", file.toString());
        PublicKey key = KeyFactory.getInstance(type).generatePublic(new X509EncodedKeySpec(Files.readAllBytes(file)));
        X509Certificate certificate = authority.server(key, "token-" + type.toLowerCase(Locale.ROOT) + ".test");
        Files.write(file, certificate.getEncoded());
        tool("--write-object", file.toString(), "--type", "cert", "--id", id);
        return certificate;
    }

    private void tool(String... arguments) throws Exception {
        host.run(Stream.concat(
                        Stream.of(
                                "pkcs11-tool",
                                "--module",
                                module.toString(),
                                "--token-label",
                                label,
                                "--login",
                                "--pin",
                                pin),
                        Stream.of(arguments))
                .toArray(String[]::new));
    }
}
