package dev.lockstep.tls;

import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.handshake.ServerHandshake;
import dev.lockstep.tls.internal.handshake.State;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Established;
import dev.lockstep.tls.internal.secrets.Exporter;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What ties an authentication above TLS to the connection below it, RFC 5929. */
final class ChannelBindings {

    private ChannelBindings() {}

    /**
     * RFC 7627 5.4-3: without the extended master secret "the client or server MUST NOT use the current handshake's
     * "verify_data" for application-level authentication": it is not unique to a connection then.
     */
    static byte @Nullable [] tlsUnique(ServerHandshake handshake) {
        Established established = established(handshake);
        return established.agreement().extendedMasterSecret() ? established.firstVerifyData() : null;
    }

    static byte @Nullable [] tlsServerEndPoint(ServerHandshake handshake) {
        Credential credential = established(handshake).agreement().credential();
        if (credential == null) {
            return null;
        }
        X509Certificate certificate = credential.certificate();
        String hash = hashOf(certificate.getSigAlgName());
        try {
            return hash == null ? null : MessageDigest.getInstance(hash).digest(certificate.getEncoded());
        } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
            return null; // a certificate signed with a hash that no provider has here
        }
    }

    /** RFC 5705, for {@link TlsServerConnection#exportKeyingMaterial}. */
    static byte[] export(ServerHandshake handshake, String label, byte @Nullable [] context, int length) {
        Established established = established(handshake);
        MasterSecret secret = established.exporterSecret();
        if (secret == null) {
            throw new IllegalStateException("exporters: not enabled; build the configuration with exporters(true)");
        }
        Agreement agreement = established.agreement();
        // RFC 7627 5.4-1, 5.4-2: "the client or server MUST NOT export any key material based on the new master secret
        // for any subsequent application-level authentication."
        if (!agreement.extendedMasterSecret()) {
            throw new IllegalStateException("exporters: the client does not know the extended master secret");
        }
        return Exporter.export(
                secret,
                agreement.clientRandom().bytes(),
                agreement.serverRandom().bytes(),
                label,
                context,
                length);
    }

    private static Established established(ServerHandshake handshake) {
        Established established = handshake.established();
        if (established == null || handshake.state() == State.CLOSED) {
            throw new IllegalStateException("not established: " + handshake.state());
        }
        return established;
    }

    /**
     * RFC 5929 4.1: the hash of the certificate's signatureAlgorithm; where "that hash function is either MD5 [RFC1321] or SHA-1
     * [RFC3174], then use SHA-256"; undefined where the algorithm has no single hash, such as the EdDSA ones.
     */
    private static @Nullable String hashOf(String signatureAlgorithm) {
        String name = signatureAlgorithm.toUpperCase(Locale.ROOT);
        int with = name.indexOf("WITH");
        if (with <= 0) {
            return null;
        }
        return switch (name.substring(0, with)) {
            case "MD5", "SHA1", "SHA256" -> "SHA-256";
            case "SHA224" -> "SHA-224";
            case "SHA384" -> "SHA-384";
            case "SHA512" -> "SHA-512";
            default -> null;
        };
    }
}
