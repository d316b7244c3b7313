package dev.lockstep.interop.tlsfuzzer;

import dev.lockstep.interop.CertificateFactory;
import dev.lockstep.interop.CertificateFactory.Authority;
import dev.lockstep.interop.KeyKind;
import dev.lockstep.interop.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * The certificates the profiles serve and those that clients show. The servers' are self-signed: many scripts advertise
 * one kind of signature only, and a careful server then refuses a chain that is signed with another (RFC 5246 7.4.2). The
 * clients' are of an authority, which the profile {@code clientauth} trusts.
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

    private static final Map<String, KeyKind> CLIENTS = Map.of(
            "cli-rsa", KeyKind.RSA_2048,
            "cli-rsapss", KeyKind.RSA_PSS_2048,
            "cli-ecdsa", KeyKind.P256,
            "cli-ed25519", KeyKind.ED25519,
            "cli-ed448", KeyKind.ED448);

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
        Authority authority = Authority.root("authority of the clients");
        Pem.write(directory.resolve("ca.pem"), List.of(authority.certificate()));
        for (Map.Entry<String, KeyKind> file : CLIENTS.entrySet()) {
            KeyPair pair = CertificateFactory.keyPair(file.getValue());
            Pem.write(
                    directory.resolve(file.getKey() + ".pem"),
                    List.of(authority.issueToClient(pair.getPublic(), file.getKey())));
            Path key = directory.resolve(file.getKey() + ".key");
            if (pair.getPrivate() instanceof ECPrivateKey ec) {
                Pem.writePrivateKey(key, withPublicKey(ec, pair.getPublic()));
            } else {
                Pem.write(key, pair.getPrivate());
            }
        }
        return directory;
    }

    /** The form of OpenSSL, which tlslite insists on: the public key beside the private one, and the curve not twice. */
    private static byte[] withPublicKey(ECPrivateKey key, PublicKey publicKey) throws IOException {
        SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(publicKey.getEncoded());
        return new PrivateKeyInfo(
                        info.getAlgorithm(),
                        new org.bouncycastle.asn1.sec.ECPrivateKey(
                                key.getParams().getOrder().bitLength(), key.getS(), info.getPublicKeyData(), null))
                .getEncoded();
    }
}
