package dev.lockstep.tls.peer;

import dev.lockstep.tls.spec.AlertDescription;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.DSAParams;
import java.security.interfaces.DSAPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Finds the paths from a client's certificate to trust anchors and has each judged until one is good: an authority may
 * have an old and a new key under one name, an expired certificate beside its renewal, or several that cross-sign it.
 * Candidates are tried in the order of {@link Candidate#BEST_FIRST}, and only those that signed.
 *
 * <p>A client can make up a chain with more paths than can be tried. Each step of the search and each certificate of a
 * path that is judged counts as a signature check, known or not, and there are {@link #signatureChecks} for one chain.
 *
 * <p>RFC 5246 7.4.2 wants each certificate to certify the one before it; clients that send more, or in another order, are
 * common and harmless.
 */
final class PathFinder {

    /** Has the JDK judge a path. */
    @FunctionalInterface
    interface Judge {

        /**
         * Judges a path whose signatures verify and whose issuers are authorities.
         *
         * @param path the client's certificate first, the anchor left out
         */
        Verdict judge(List<X509Certificate> path, TrustAnchor anchor) throws GeneralSecurityException;
    }

    /** Every RSA key in use has one of 17 bits or fewer. */
    private static final int MAX_RSA_EXPONENT_BITS = 64;

    /** FIPS 186-4 4.2 ends at 3072 bits. The JDK bounds the keys of RSA, and takes those of DSA in any length. */
    private static final int MAX_DSA_BITS = 4096;

    private final Anchors anchors;
    private final Map<X500Principal, List<X509Certificate>> intermediates = new HashMap<>();
    private final int maxPathLength;

    /**
     * @param intermediates certificates that paths may lead through beside those that the client sends
     * @param maxPathLength the most certificates of a path, the anchor not counted
     */
    PathFinder(Anchors anchors, Collection<X509Certificate> intermediates, int maxPathLength) {
        this.anchors = anchors;
        this.maxPathLength = maxPathLength;
        intermediates.forEach(each -> add(each, this.intermediates));
    }

    /** Returns the most signature checks that one chain costs, whatever is in it. */
    static int signatureChecks(int maxPathLength) {
        return 40 + 4 * maxPathLength; // enough for ten namesakes of each authority on a path of ordinary length
    }

    /**
     * Returns the first good verdict, with its path. If there is none, returns what was wrong with the path that looked
     * best, or why there was no path.
     *
     * @param chain what the client sent, its own certificate first
     */
    Verdict find(List<X509Certificate> chain, Instant now, Judge judge) throws GeneralSecurityException {
        return new Search(chain, now, judge).run();
    }

    /** Returns a configured certificate that issued {@code certificate}; null if there is none. */
    @Nullable
    X509Certificate configuredIssuer(X509Certificate certificate) {
        List<X509Certificate> candidates =
                new ArrayList<>(intermediates.getOrDefault(certificate.getIssuerX500Principal(), List.of()));
        for (TrustAnchor anchor : anchors.issuing(certificate.getIssuerX500Principal())) {
            if (anchor.getTrustedCert() != null) {
                candidates.add(anchor.getTrustedCert());
            }
        }
        return candidates.stream()
                .filter(each -> verifies(each.getPublicKey(), certificate))
                .findFirst()
                .orElse(null);
    }

    private void add(X509Certificate certificate, Map<X500Principal, List<X509Certificate>> bySubject) {
        if (Anchors.isAuthority(certificate) && !anchors.contains(certificate) && isAffordable(certificate)) {
            bySubject
                    .computeIfAbsent(certificate.getSubjectX500Principal(), none -> new ArrayList<>())
                    .add(certificate);
        }
    }

    /**
     * Whether a key verifies in ordinary time: one of RSA may have an exponent as long as its modulus, one of DSA a prime
     * as long as the chain.
     */
    private static boolean isAffordable(X509Certificate certificate) {
        PublicKey key = certificate.getPublicKey();
        if (key instanceof DSAPublicKey dsa) {
            DSAParams parameters = dsa.getParams();
            return parameters != null && parameters.getP().bitLength() <= MAX_DSA_BITS;
        }
        return !(key instanceof RSAPublicKey rsa) || rsa.getPublicExponent().bitLength() <= MAX_RSA_EXPONENT_BITS;
    }

    private static boolean verifies(PublicKey key, X509Certificate certificate) {
        try {
            certificate.verify(key);
            return true;
        } catch (GeneralSecurityException | RuntimeException e) {
            // A boundary: a provider meets a client's bytes. Whatever it thinks of them, this key is not the issuer's.
            return false;
        }
    }

    /** One chain's search. */
    private final class Search {

        private final Instant now;
        private final Judge judge;
        private final Map<X500Principal, List<X509Certificate>> sent = new HashMap<>();
        private final Map<Signature, Boolean> known = new HashMap<>();
        private final List<X509Certificate> path = new ArrayList<>();
        private int checksLeft = signatureChecks(maxPathLength);
        private boolean reachedMaxLength;
        private Verdict.@Nullable Rejected firstFault;

        Search(List<X509Certificate> chain, Instant now, Judge judge) {
            this.now = now;
            this.judge = judge;
            path.add(chain.get(0));
            new LinkedHashSet<>(chain.subList(1, chain.size())).forEach(each -> add(each, sent));
        }

        Verdict run() throws GeneralSecurityException {
            Verdict accepted = extend();
            if (accepted != null) {
                return accepted;
            }
            if (firstFault != null) {
                return firstFault;
            }
            if (checksLeft < 0) {
                return Verdict.rejected(
                        AlertDescription.CERTIFICATE_UNKNOWN,
                        "no path found within " + signatureChecks(maxPathLength) + " signature checks");
            }
            if (reachedMaxLength) {
                return Verdict.rejected(
                        AlertDescription.UNKNOWN_CA,
                        "no trust anchor within " + maxPathLength + " certificates of the client's");
            }
            return namesLeadToAnchor()
                    ? Verdict.rejected(AlertDescription.BAD_CERTIFICATE, "a signature of the chain does not verify")
                    : Verdict.rejected(AlertDescription.UNKNOWN_CA, "no path leads to a trust anchor");
        }

        /** Tries every way on from the last certificate of the path; null if none is good. */
        private @Nullable Verdict extend() throws GeneralSecurityException {
            X509Certificate subject = path.get(path.size() - 1);
            for (Candidate candidate : candidates(subject)) {
                TrustAnchor anchor = candidate.anchor();
                Verdict accepted = null;
                if (anchor == null) {
                    accepted =
                            through(Objects.requireNonNull(candidate.certificate(), "neither anchor nor certificate"));
                } else if (signed(candidate.key(), subject)) {
                    accepted = judged(anchor);
                }
                if (accepted != null || checksLeft < 0) {
                    return accepted;
                }
            }
            return null;
        }

        private @Nullable Verdict through(X509Certificate issuer) throws GeneralSecurityException {
            X509Certificate subject = path.get(path.size() - 1);
            if (isOnPath(issuer)) {
                return null; // a circle
            }
            if (path.size() == maxPathLength) {
                reachedMaxLength = true;
                return null;
            }
            if (!signed(issuer.getPublicKey(), subject)) {
                return null;
            }
            path.add(issuer);
            Verdict accepted = extend();
            path.remove(path.size() - 1);
            return accepted;
        }

        private @Nullable Verdict judged(TrustAnchor anchor) throws GeneralSecurityException {
            if (!mayCheck(path.size())) { // the JDK verifies every signature of the path once more
                return null;
            }
            Verdict verdict = judge.judge(List.copyOf(path), anchor);
            if (verdict instanceof Verdict.Rejected fault) {
                firstFault = firstFault != null ? firstFault : fault;
                return null;
            }
            return verdict;
        }

        private boolean signed(PublicKey key, X509Certificate subject) {
            return mayCheck(1) && known.computeIfAbsent(new Signature(subject, key), none -> verifies(key, subject));
        }

        private boolean mayCheck(int signatures) {
            checksLeft -= signatures;
            return checksLeft >= 0;
        }

        private boolean isOnPath(X509Certificate certificate) {
            return path.stream()
                    .anyMatch(each -> each.getSubjectX500Principal().equals(certificate.getSubjectX500Principal())
                            && each.getPublicKey().equals(certificate.getPublicKey()));
        }

        private List<Candidate> candidates(X509Certificate subject) {
            X500Principal issuer = subject.getIssuerX500Principal();
            byte[] keyIdentifier = CertificateExtensions.authorityKeyIdentifier(subject);
            List<Candidate> candidates = new ArrayList<>();
            anchors.issuing(issuer).forEach(each -> candidates.add(Candidate.of(each, keyIdentifier, now)));
            for (X509Certificate each : certificates(issuer)) {
                candidates.add(Candidate.of(each, keyIdentifier, now));
            }
            candidates.sort(Candidate.BEST_FIRST);
            return candidates;
        }

        private List<X509Certificate> certificates(X500Principal subject) {
            List<X509Certificate> both = new ArrayList<>(sent.getOrDefault(subject, List.of()));
            both.addAll(intermediates.getOrDefault(subject, List.of()));
            return both;
        }

        /** Whether there is a path if nothing but names counts. Verifies nothing, and visits each name once. */
        private boolean namesLeadToAnchor() {
            Set<X500Principal> seen = new HashSet<>();
            List<X500Principal> next = new ArrayList<>(List.of(path.get(0).getIssuerX500Principal()));
            while (!next.isEmpty()) {
                X500Principal issuer = next.remove(next.size() - 1);
                if (!anchors.issuing(issuer).isEmpty()) {
                    return true;
                }
                if (seen.add(issuer)) {
                    certificates(issuer).forEach(each -> next.add(each.getIssuerX500Principal()));
                }
            }
            return false;
        }
    }

    private record Signature(X509Certificate subject, PublicKey key) {}
}
