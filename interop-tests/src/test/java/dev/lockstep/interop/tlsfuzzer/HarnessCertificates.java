package dev.lockstep.interop.tlsfuzzer;

import dev.lockstep.interop.KeyKind;
import dev.lockstep.interop.Pem;
import dev.lockstep.testkit.certificate.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The certificates the profiles serve and those that clients show. The servers' are self-signed: many scripts advertise
 * one kind of signature only, and a careful server then refuses a chain that is signed with another (RFC 5246 7.4.2). The
 * clients' are of an authority, which the profile {@code clientauth} trusts.
 */
final class HarnessCertificates {
    private static final String[] HOSTS = {"localhost", "localhost4"};
    private static final Map<String, KeyKind> FILES = Map.of(
            "srv-rsa", KeyKind.RSA_2048,
            "srv-ecdsa", KeyKind.P256,
            "srv-ecdsa384", KeyKind.P384,
            "srv-ecdsa521", KeyKind.P521,
            "srv-rsapss", KeyKind.RSA_PSS_2048,
            "srv-ed25519", KeyKind.ED25519);

    private static final Map<String, KeyKind> CLIENTS = Map.of(
            "cli-rsa", KeyKind.RSA_2048,
            "cli-rsapss", KeyKind.RSA_PSS_2048,
            "cli-ecdsa", KeyKind.P256,
            "cli-ed25519", KeyKind.ED25519,
            "cli-ed448", KeyKind.ED448);

    private HarnessCertificates() {}

    static Path create(Path directory) throws IOException {
        Files.createDirectories(directory);
        for (Map.Entry<String, KeyKind> file : FILES.entrySet()) {
            KeyPair pair = file.getValue().newKey();
            Pem.write(
                    directory.resolve(file.getKey() + ".pem"),
                    List.of(TestAuthority.selfSignedServer(pair, Instant.now(), HOSTS)));
            Pem.write(directory.resolve(file.getKey() + ".key"), pair);
        }
        TestAuthority authority =
                TestAuthority.root("authority of the clients", KeyKind.RSA_2048.newKey(), Instant.now());
        Pem.write(directory.resolve("ca.pem"), List.of(authority.certificate()));
        for (Map.Entry<String, KeyKind> file : CLIENTS.entrySet()) {
            KeyPair pair = file.getValue().newKey();
            Pem.write(
                    directory.resolve(file.getKey() + ".pem"),
                    List.of(authority.client(pair.getPublic(), file.getKey())));
            Pem.write(directory.resolve(file.getKey() + ".key"), pair);
        }
        return directory;
    }
}
