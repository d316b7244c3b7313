package dev.lockstep.interop;

import dev.lockstep.testkit.certificate.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/** An authority of clients with its revocation list, good clients with every kind of key, and bad ones. */
final class ClientPki {

    /** What is wrong with a client, and what it must be told. */
    enum Fault {
        STRANGER(48),
        EXPIRED(45),
        REVOKED(44),
        /** A server's certificate. */
        OTHER_PURPOSE(43);

        private final int alert;

        Fault(int alert) {
            this.alert = alert;
        }

        /** The number of the alert. */
        int alert() {
            return alert;
        }
    }

    private final Path directory;
    private final Map<KeyKind, KeyMaterial> good = new EnumMap<>(KeyKind.class);
    private final Map<Fault, KeyMaterial> bad = new EnumMap<>(Fault.class);
    private final Path authority;
    private final Path revocations;

    ClientPki(Path directory) throws IOException, GeneralSecurityException {
        this.directory = Files.createDirectories(directory);
        Instant now = Instant.now();
        TestAuthority issuer = TestAuthority.root("Lockstep interop authority of clients", now);
        TestAuthority stranger = TestAuthority.root("Stranger", now);
        authority = Pem.write(directory.resolve("authority.pem"), List.of(issuer.certificate()));
        for (KeyKind kind : KeyKind.values()) {
            KeyPair pair = kind.newKey();
            good.put(kind, write(name(kind), pair, issuer.client(pair.getPublic(), name(kind))));
        }
        X509Certificate revoked = null;
        for (Fault fault : Fault.values()) {
            KeyPair pair = KeyKind.P256.newKey();
            TestAuthority from = fault == Fault.STRANGER ? stranger : issuer;
            TestAuthority.Order order = from.order(fault.name(), pair.getPublic())
                    .usage(KeyUsage.digitalSignature)
                    .purposes(
                            fault == Fault.OTHER_PURPOSE
                                    ? KeyPurposeId.id_kp_serverAuth
                                    : KeyPurposeId.id_kp_clientAuth);
            if (fault == Fault.EXPIRED) {
                order.valid(now.minus(Duration.ofDays(31)), now.minus(Duration.ofDays(23)));
            }
            X509Certificate certificate = order.sign();
            bad.put(fault, write(fault.name(), pair, certificate));
            revoked = fault == Fault.REVOKED ? certificate : revoked;
        }
        revocations = Files.write(
                directory.resolve("revoked.crl"), issuer.revoking(revoked).getEncoded());
    }

    /** The common name of a good client. */
    static String name(KeyKind kind) {
        return "client with " + kind.fileName();
    }

    Path authority() {
        return authority;
    }

    /** A revocation list, in DER. */
    Path revocations() {
        return revocations;
    }

    KeyMaterial client(KeyKind kind) {
        return Objects.requireNonNull(good.get(kind));
    }

    KeyMaterial client(Fault fault) {
        return Objects.requireNonNull(bad.get(fault));
    }

    private KeyMaterial write(String name, KeyPair pair, X509Certificate certificate) throws IOException {
        String file = name.replace(' ', '-');
        return new KeyMaterial(
                Pem.write(directory.resolve(file + ".pem"), List.of(certificate)),
                Pem.write(directory.resolve(file + ".key"), pair));
    }
}
