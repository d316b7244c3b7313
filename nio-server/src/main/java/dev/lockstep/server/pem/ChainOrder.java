package dev.lockstep.server.pem;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts certificates from a set, which has no order, into that of a chain. */
final class ChainOrder {

    private ChainOrder() {}

    /** Those first that issued none of the others, each followed by its issuers. */
    static List<X509Certificate> sorted(Collection<X509Certificate> certificates) {
        List<X509Certificate> left = new ArrayList<>(certificates);
        List<X509Certificate> sorted = new ArrayList<>();
        while (!left.isEmpty()) {
            X509Certificate next = left.stream()
                    .filter(candidate -> left.stream().noneMatch(other -> isIssuer(candidate, other)))
                    .findFirst()
                    .orElse(left.get(0));
            for (X509Certificate each = next; each != null; each = issuerOf(each, left)) {
                left.remove(each);
                sorted.add(each);
            }
        }
        return sorted;
    }

    private static @Nullable X509Certificate issuerOf(X509Certificate subject, List<X509Certificate> candidates) {
        return candidates.stream()
                .filter(candidate -> isIssuer(candidate, subject))
                .findFirst()
                .orElse(null);
    }

    private static boolean isIssuer(X509Certificate issuer, X509Certificate subject) {
        return !issuer.equals(subject)
                && issuer.getSubjectX500Principal().equals(subject.getIssuerX500Principal())
                && !subject.getSubjectX500Principal().equals(subject.getIssuerX500Principal());
    }
}
