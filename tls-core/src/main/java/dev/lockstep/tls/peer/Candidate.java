package dev.lockstep.tls.peer;

import java.security.PublicKey;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A possible issuer of a certificate, with what speaks for it. Key identifiers and dates only order candidates: RFC 5280
 * 4.2.1.1 has the identifiers "to facilitate certification path construction", and path validation decides on the rest.
 *
 * @param anchor null if the candidate is not trusted by itself
 * @param certificate null if the anchor is a name and a key
 * @param keyMismatch 0 if the key identifiers agree, 1 if one is missing, 2 if they differ
 * @param current whether the candidate is neither expired nor from the future
 */
record Candidate(
        @Nullable TrustAnchor anchor,
        @Nullable X509Certificate certificate,
        PublicKey key,
        int keyMismatch,
        boolean current) {

    /** The right key, the right time, then the nearest to trust. */
    static final Comparator<Candidate> BEST_FIRST = Comparator.comparingInt(Candidate::keyMismatch)
            .thenComparing(candidate -> !candidate.current())
            .thenComparing(candidate -> candidate.anchor() == null);

    static Candidate of(TrustAnchor anchor, byte @Nullable [] wanted, Instant now) {
        X509Certificate certificate = anchor.getTrustedCert();
        return certificate == null
                ? new Candidate(anchor, null, anchor.getCAPublicKey(), 1, true)
                : new Candidate(
                        anchor,
                        certificate,
                        certificate.getPublicKey(),
                        mismatch(certificate, wanted),
                        isCurrent(certificate, now));
    }

    static Candidate of(X509Certificate certificate, byte @Nullable [] wanted, Instant now) {
        return new Candidate(
                null,
                certificate,
                certificate.getPublicKey(),
                mismatch(certificate, wanted),
                isCurrent(certificate, now));
    }

    private static int mismatch(X509Certificate certificate, byte @Nullable [] wanted) {
        byte[] own = CertificateExtensions.subjectKeyIdentifier(certificate);
        if (wanted == null || own == null) {
            return 1;
        }
        return Arrays.equals(wanted, own) ? 0 : 2;
    }

    static boolean isCurrent(X509Certificate certificate, Instant now) {
        return !now.isBefore(certificate.getNotBefore().toInstant())
                && !now.isAfter(certificate.getNotAfter().toInstant());
    }
}
