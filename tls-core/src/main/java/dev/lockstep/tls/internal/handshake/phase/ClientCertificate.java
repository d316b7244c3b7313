package dev.lockstep.tls.internal.handshake.phase;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.hash.TranscriptHash;
import dev.lockstep.crypto.signature.KnownVerifiers;
import dev.lockstep.crypto.signature.SignatureAlgorithm;
import dev.lockstep.crypto.signature.SignatureVerifier;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.internal.algorithm.Algorithms;
import dev.lockstep.tls.internal.algorithm.KeyCapabilities;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.SignatureScheme;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A chain that a client presents: well-formed, and with a key whose signatures can be verified and were asked for. What
 * it is worth is for a verifier to judge, and whether the client has the key for CertificateVerify to show.
 */
public final class ClientCertificate {

    /** A certificate of the JDK keeps its encoding, and its parts once more. */
    private static final int DECODED_PER_ENCODED = 3;

    private final List<X509Certificate> chain;
    private final Set<SignatureScheme> schemes;
    private final SignatureVerifier verifier;
    private final int heldBytes;

    private ClientCertificate(
            List<X509Certificate> chain, Set<SignatureScheme> schemes, SignatureVerifier verifier, int heldBytes) {
        this.heldBytes = heldBytes;
        this.chain = chain;
        this.schemes = schemes;
        this.verifier = verifier;
    }

    /**
     * Reads a chain and sees whether its key is of a kind that was asked for.
     *
     * @param encoded the client's own certificate first; not empty
     * @param known those that have been here before
     */
    public static ClientCertificate parse(List<byte[]> encoded, ClientAuthentication policy, KnownVerifiers known) {
        List<X509Certificate> chain = new ArrayList<>();
        for (byte[] der : encoded) {
            chain.add(parse(der));
        }
        X509Certificate leaf = chain.get(0);
        Set<SignatureScheme> schemes = KeyCapabilities.schemes(leaf);
        // RFC 5246 7.4.6-3: "The certificate type MUST be X.509v3"
        if (leaf.getVersion() != 3) {
            throw unsupported("a client certificate of X.509 version " + leaf.getVersion());
        }
        // RFC 5246 7.4.6-4, 7.4.4-3: "the certificate MUST allow the key to be used for signing with the signature
        // scheme and hash algorithm that will be employed in the certificate verify message": key type, key usage,
        // those asked for.
        schemes.retainAll(policy.signatureSchemes());
        if (schemes.isEmpty()) {
            throw unsupported("a client certificate whose key signs with no scheme asked for");
        }
        // RFC 5246 7.4.4-2, 7.4.6-2; RFC 8422 3.1-1, 5.6-1. RFC 5246 7.4.6: "The end-entity certificate's public key
        // (and associated restrictions) has to be compatible with the certificate types listed in CertificateRequest"
        if (schemes.stream()
                .noneMatch(scheme -> policy.certificateTypes().stream().anyMatch(type -> type.signsWith(scheme)))) {
            throw unsupported("a client certificate of a type that was not asked for");
        }
        // RFC 5246 7.4.6-6: "the public key MUST use a curve and point format supported by the server."
        SignatureVerifier verifier;
        try {
            verifier = known.of(leaf.getPublicKey());
        } catch (IllegalArgumentException e) {
            throw unsupported("a client certificate with a key that cannot be verified here");
        }
        int bytes = encoded.stream().mapToInt(der -> der.length).sum();
        return new ClientCertificate(List.copyOf(chain), schemes, verifier, DECODED_PER_ENCODED * bytes);
    }

    public List<X509Certificate> chain() {
        return chain;
    }

    /** Whether the key of the certificate may sign with a scheme, and the scheme was asked for. */
    public boolean signsWith(@Nullable SignatureScheme scheme) {
        return scheme != null && schemes.contains(scheme);
    }

    /** Whether {@code signature} is the certificate's key's over the messages of {@code transcript}. */
    public boolean verifies(SignatureScheme scheme, TranscriptHash transcript, byte[] signature) {
        SignatureAlgorithm algorithm = Algorithms.signature(scheme);
        HashAlgorithm hash = algorithm.hash();
        // The JDK verifies RSASSA-PSS over messages only, bcprov over digests too; for the rest a digest is as good.
        if (hash == null || (scheme.family().isRsa() && transcript.keepsMessages())) {
            return verifier.verify(algorithm, transcript.messages(), signature);
        }
        return verifier.verifyDigest(algorithm, transcript.snapshot(hash), signature);
    }

    /** Keeps the key decoded for the client's next connection. */
    public void remember(KnownVerifiers known) {
        known.keep(chain.get(0).getPublicKey(), verifier);
    }

    /** Returns about how many bytes the chain holds, decoded. */
    int heldBytes() {
        return heldBytes;
    }

    /**
     * One certificate. The factory would take PEM as well, and leave what follows unread: so all of the bytes must come
     * back, which also holds a certificate to one encoding.
     */
    private static X509Certificate parse(byte[] der) {
        X509Certificate certificate;
        byte[] encoded;
        try {
            certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            encoded = certificate.getEncoded();
        } catch (CertificateException | RuntimeException e) {
            // A boundary: the bytes are the client's, and a decoder that meets them may fail in any way.
            throw malformed("a client certificate that is not X.509");
        }
        if (!Arrays.equals(encoded, der)) {
            throw malformed("a client certificate in another encoding, or with something after it");
        }
        return certificate;
    }

    /** RFC 5246 7.2.2, bad_certificate: "A certificate was corrupt". */
    private static FatalAlert malformed(String reason) {
        return FatalAlert.of(AlertDescription.BAD_CERTIFICATE, reason, null);
    }

    private static FatalAlert unsupported(String reason) {
        return FatalAlert.of(AlertDescription.UNSUPPORTED_CERTIFICATE, reason, null);
    }
}
