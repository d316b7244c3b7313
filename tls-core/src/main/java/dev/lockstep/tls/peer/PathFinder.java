package dev.lockstep.tls.peer;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Finds the shortest way from a client's certificate to a trust anchor, by names. Each certificate is visited once, so
 * that the work is bounded by the length of the chain squared, whatever a client makes up.
 *
 * <p>RFC 5246 7.4.2 wants each certificate to certify the one before it; clients that send more, or in another order, are
 * common and harmless. Whether the way is good is for path validation to say, which can give a reason.
 */
final class PathFinder {

    /** The position of keyCertSign among the bits of a key usage, RFC 5280 4.2.1.3. */
    private static final int KEY_CERT_SIGN = 5;

    private final Set<TrustAnchor> anchors;
    private final List<X509Certificate> intermediates;

    PathFinder(Set<TrustAnchor> anchors, List<X509Certificate> intermediates) {
        this.anchors = anchors;
        this.intermediates = intermediates;
    }

    /**
     * The way to an anchor.
     *
     * @param chain the client's certificate first
     * @return the client's certificate first, the anchor left out unless it is that certificate; null when there is none
     */
    @Nullable
    List<X509Certificate> find(List<X509Certificate> chain) {
        X509Certificate leaf = chain.get(0);
        if (isAnchor(leaf)) {
            return List.of(leaf);
        }
        List<X509Certificate> others = new ArrayList<>(chain.subList(1, chain.size()));
        others.addAll(intermediates);
        Map<X509Certificate, X509Certificate> subjectOf = new HashMap<>();
        Deque<X509Certificate> next = new ArrayDeque<>(List.of(leaf));
        while (!next.isEmpty()) {
            X509Certificate subject = next.remove();
            if (isIssuedByAnchor(subject)) {
                return pathTo(subject, subjectOf);
            }
            for (X509Certificate issuer : issuers(subject, others)) {
                if (!issuer.equals(leaf) && subjectOf.putIfAbsent(issuer, subject) == null) {
                    next.add(issuer);
                }
            }
        }
        return null;
    }

    boolean isAnchor(X509Certificate certificate) {
        return anchors.stream().anyMatch(anchor -> certificate.equals(anchor.getTrustedCert()));
    }

    static X500Principal name(TrustAnchor anchor) {
        X509Certificate certificate = anchor.getTrustedCert();
        return certificate != null ? certificate.getSubjectX500Principal() : anchor.getCA();
    }

    /**
     * Tells whether an anchor issues certificates. RFC 5280 4.2.1.9: "If the cA boolean is not asserted, then the key usage
     * keyCertSign bit MUST NOT be asserted", and a certificate without either is trusted as the end entity that it is. A
     * self-issued certificate of version 1, which has no extensions, is taken for a root as everywhere.
     */
    static boolean issues(TrustAnchor anchor) {
        X509Certificate certificate = anchor.getTrustedCert();
        if (certificate == null) {
            return true;
        }
        if (certificate.getVersion() < 3) {
            return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
        }
        boolean[] usage = certificate.getKeyUsage();
        return certificate.getBasicConstraints() >= 0 && (usage == null || usage[KEY_CERT_SIGN]);
    }

    private boolean isIssuedByAnchor(X509Certificate subject) {
        return anchors.stream().filter(PathFinder::issues).anyMatch(anchor -> name(anchor)
                .equals(subject.getIssuerX500Principal()));
    }

    /** Those of the issuer's name; of several, an authority's old and new key for instance, those that signed. */
    private static List<X509Certificate> issuers(X509Certificate subject, List<X509Certificate> candidates) {
        List<X509Certificate> named = candidates.stream()
                .filter(candidate -> candidate.getSubjectX500Principal().equals(subject.getIssuerX500Principal()))
                .toList();
        return named.size() <= 1
                ? named
                : named.stream()
                        .filter(candidate -> signed(candidate.getPublicKey(), subject))
                        .toList();
    }

    private static boolean signed(PublicKey key, X509Certificate certificate) {
        try {
            certificate.verify(key);
            return true;
        } catch (GeneralSecurityException | RuntimeException e) {
            return false; // a boundary: a provider met with a client's bytes; whatever it thinks of them, this is no
            // issuer
        }
    }

    private static List<X509Certificate> pathTo(X509Certificate last, Map<X509Certificate, X509Certificate> subjectOf) {
        List<X509Certificate> path = new ArrayList<>();
        for (X509Certificate at = last; at != null; at = subjectOf.get(at)) {
            path.add(at);
        }
        Collections.reverse(path);
        return path;
    }
}
