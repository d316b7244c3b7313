package dev.lockstep.tls.peer;

import dev.lockstep.tls.setting.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** The trust anchors of a verifier: those that issue certificates, by name, and those that only stand for themselves. */
final class Anchors {

    /** The position of keyCertSign among the bits of a key usage, RFC 5280 4.2.1.3. */
    private static final int KEY_CERT_SIGN = 5;

    private final Map<X500Principal, List<TrustAnchor>> issuing = new HashMap<>();
    private final Set<X509Certificate> certificates = new HashSet<>();
    private final List<X500Principal> issuerNames;
    private final byte[] fingerprint;

    /**
     * @throws ConfigException when an anchor has name constraints that the JDK cannot read
     */
    Anchors(Collection<TrustAnchor> anchors) {
        Set<X500Principal> names = new LinkedHashSet<>();
        for (TrustAnchor anchor : anchors) {
            X509Certificate certificate = anchor.getTrustedCert();
            if (certificate != null && !certificates.add(certificate) && anchor.getNameConstraints() == null) {
                continue; // given twice
            }
            if (issues(anchor)) {
                requireReadableConstraints(anchor);
                issuing.computeIfAbsent(name(anchor), none -> new ArrayList<>()).add(anchor);
                names.add(name(anchor));
            } else if (certificate != null) {
                // A client chooses its certificate by the names of issuers (RFC 5246 7.4.4), pinned or not.
                names.add(certificate.getIssuerX500Principal());
            }
        }
        issuerNames = List.copyOf(names);
        fingerprint = fingerprint(anchors);
    }

    /** The same for the same names and keys, in whatever order. */
    private static byte[] fingerprint(Collection<TrustAnchor> anchors) {
        MessageDigest all = sha256();
        anchors.stream()
                .map(Anchors::fingerprint)
                .sorted(Arrays::compareUnsigned)
                .forEach(all::update);
        return all.digest();
    }

    private static byte[] fingerprint(TrustAnchor anchor) {
        byte[] name = name(anchor).getEncoded();
        byte[] key = key(anchor).getEncoded();
        MessageDigest one = sha256();
        one.update(ByteBuffer.allocate(5)
                .put((byte) (issues(anchor) ? 1 : 0))
                .putInt(name.length)
                .flip());
        one.update(name);
        return one.digest(key);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every Java platform has it
        }
    }

    /** Returns a hash over name and key of each anchor. */
    byte[] fingerprint() {
        return fingerprint.clone();
    }

    /** Returns the anchors of a name that may issue certificates. */
    List<TrustAnchor> issuing(X500Principal name) {
        return issuing.getOrDefault(name, List.of());
    }

    /** Returns whether the certificate itself is trusted. */
    boolean contains(X509Certificate certificate) {
        return certificates.contains(certificate);
    }

    /** Returns the names by which clients know that their certificates may be good here, in the order of the anchors. */
    List<X500Principal> issuerNames() {
        return issuerNames;
    }

    static X500Principal name(TrustAnchor anchor) {
        X509Certificate certificate = anchor.getTrustedCert();
        return certificate != null ? certificate.getSubjectX500Principal() : anchor.getCA();
    }

    static PublicKey key(TrustAnchor anchor) {
        X509Certificate certificate = anchor.getTrustedCert();
        return certificate != null ? certificate.getPublicKey() : anchor.getCAPublicKey();
    }

    /**
     * Tells whether an anchor issues certificates; one that does not is trusted as the end entity that it is. A self-issued
     * certificate of version 1, which has no extensions that could say so, counts as a root, as it does for OpenSSL.
     */
    static boolean issues(TrustAnchor anchor) {
        X509Certificate certificate = anchor.getTrustedCert();
        return certificate == null
                || (certificate.getVersion() < 3 ? isSelfIssued(certificate) : isAuthority(certificate));
    }

    /**
     * Tells whether a certificate is one of an authority. RFC 5280 4.2.1.9: "If the basic constraints extension is not
     * present in a version 3 certificate, or the extension is present but the cA boolean is not asserted, then the certified
     * public key MUST NOT be used to verify certificate signatures." 4.2.1.3 wants keyCertSign besides if there are key
     * usages at all.
     */
    static boolean isAuthority(X509Certificate certificate) {
        boolean[] usage = certificate.getKeyUsage();
        return certificate.getBasicConstraints() >= 0 && (usage == null || usage[KEY_CERT_SIGN]);
    }

    static boolean isSelfIssued(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    /**
     * Returns why a path may not end at this anchor, or null. The JDK looks at nothing of an anchor but its name and key
     * (RFC 5280 6.1.1 leaves the rest open); an authority that was given constraints keeps them here wherever it stands.
     *
     * @param path the client's certificate first, the anchor left out
     */
    static @Nullable PathFault fault(TrustAnchor anchor, List<X509Certificate> path) {
        X509Certificate certificate = anchor.getTrustedCert();
        int limit = certificate == null || certificate.getVersion() < 3
                ? Integer.MAX_VALUE
                : certificate.getBasicConstraints();
        // RFC 5280 4.2.1.9: "the maximum number of non-self-issued intermediate certificates that may follow this
        // certificate in a valid certification path."
        if (path.stream().skip(1).filter(each -> !isSelfIssued(each)).count() > limit) {
            return PathFault.TOO_LONG;
        }
        for (X509CertSelector constraints : constraints(anchor)) {
            for (int i = 0; i < path.size(); i++) {
                // RFC 5280 6.1.3 (b) and (c): "If certificate i is self-issued and it is not the final certificate in
                // the
                // path, skip this step".
                if ((i == 0 || !isSelfIssued(path.get(i))) && !constraints.match(path.get(i))) {
                    return PathFault.NAME;
                }
            }
        }
        return null;
    }

    /** What is wrong with a path in the eyes of its anchor. */
    enum PathFault {
        TOO_LONG,
        NAME
    }

    /** Selectors of their own for each call: they compute while they match, and are not for two threads. */
    private static List<X509CertSelector> constraints(TrustAnchor anchor) {
        List<X509CertSelector> selectors = new ArrayList<>();
        X509Certificate certificate = anchor.getTrustedCert();
        byte[] ofAnchor = anchor.getNameConstraints();
        byte[] ofCertificate = certificate == null ? null : CertificateExtensions.nameConstraints(certificate);
        for (byte[] der : new byte[][] {ofAnchor, ofCertificate}) {
            if (der != null) {
                selectors.add(selector(anchor, der));
            }
        }
        return selectors;
    }

    private static void requireReadableConstraints(TrustAnchor anchor) {
        constraints(anchor);
    }

    private static X509CertSelector selector(TrustAnchor anchor, byte[] nameConstraints) {
        X509CertSelector selector = new X509CertSelector();
        selector.setBasicConstraints(-1);
        try {
            selector.setNameConstraints(nameConstraints);
        } catch (IOException e) {
            throw new ConfigException(
                    "trust",
                    name(anchor).getName() + " has name constraints that cannot be read",
                    "have the certificate issued again, or trust an authority below it");
        }
        return selector;
    }
}
