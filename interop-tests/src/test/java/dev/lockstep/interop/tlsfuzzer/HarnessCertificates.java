package dev.lockstep.interop.tlsfuzzer;

import dev.lockstep.interop.CertificateFactory;
import dev.lockstep.interop.KeyKind;
import dev.lockstep.interop.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.List;
import java.util.Map;

/**
 * The certificates the profiles serve. They are self-signed: many scripts advertise one kind of signature only, and a
 * careful server then refuses a chain that is signed with another (RFC 5246 7.4.2).
 */
final class HarnessCertificates {
    private static final List<String> HOSTS = List.of("localhost", "localhost4");
    private static final Map<String, KeyKind> FILES = Map.of(
            "srv-rsa", KeyKind.RSA_2048,
            "srv-ecdsa", KeyKind.P256,
            "srv-ecdsa384", KeyKind.P384,
            "srv-ecdsa521", KeyKind.P521,
            "srv-rsapss", KeyKind.RSA_PSS_2048,
            "srv-ed25519", KeyKind.ED25519);

    private HarnessCertificates() {}

    static Path create(Path directory) throws IOException, GeneralSecurityException {
        Files.createDirectories(directory);
        for (Map.Entry<String, KeyKind> file : FILES.entrySet()) {
            KeyPair pair = CertificateFactory.keyPair(file.getValue());
            Pem.write(
                    directory.resolve(file.getKey() + ".pem"),
                    List.of(CertificateFactory.selfSigned(file.getValue(), pair, HOSTS)));
            Pem.write(directory.resolve(file.getKey() + ".key"), pair.getPrivate());
        }
        return directory;
    }
}
