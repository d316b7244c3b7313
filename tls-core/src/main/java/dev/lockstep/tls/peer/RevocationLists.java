package dev.lockstep.tls.peer;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * The revocation lists that a verifier was configured with. Which key signed a list is asked only where lists share a name, and
 * the answers for keys that clients send are bounded: a client with the certificate of an authority can make up namesakes with
 * new keys without end, and a list may have 100 MB.
 */
final class RevocationLists {

    /** How many checks for keys about which nothing is known one chain may cause for each list that shares its name. */
    private static final int UNKNOWN_KEYS = 2;

    /** By issuer. Lists are never compared: the JDK compares encodings. */
    private final Map<X500Principal, List<ListSigners>> byIssuer = new HashMap<>();

    private final int mostChecks;

    /** @param issuers the keys of all configured authorities */
    RevocationLists(Collection<X509CRL> lists, Set<PublicKey> issuers) {
        for (X509CRL each : lists) {
            byIssuer.computeIfAbsent(each.getIssuerX500Principal(), none -> new ArrayList<>())
                    .add(new ListSigners(each, issuers));
        }
        mostChecks = UNKNOWN_KEYS
                * byIssuer.values().stream()
                        .mapToInt(List::size)
                        .filter(size -> size > 1)
                        .sum();
    }

    boolean isEmpty() {
        return byIssuer.isEmpty();
    }

    /** Begins to judge a chain. */
    Inquiry inquiry() {
        return new Inquiry();
    }

    /** The questions that one chain raises. */
    final class Inquiry {

        private int checksLeft = mostChecks;

        private Inquiry() {}

        /**
         * Returns the lists for the JDK's validation of a path: of those with the name of an issuer on it, the ones that its key
         * signed, if there are any. The JDK rejects all lists of a name when one of them has another key, or believes the wrong
         * one; RFC 5280 6.3.3 (f) and (g) want the issuer's.
         *
         * @param path the client's certificate first
         * @throws CertPathValidatorException when that takes more checks than a chain may cost
         */
        CertStore store(List<X509Certificate> path, TrustAnchor anchor) throws GeneralSecurityException {
            Map<X500Principal, Set<PublicKey>> keys = new HashMap<>();
            keys.computeIfAbsent(Anchors.name(anchor), none -> new LinkedHashSet<>())
                    .add(Anchors.key(anchor));
            for (X509Certificate each : path.subList(1, path.size())) {
                keys.computeIfAbsent(each.getSubjectX500Principal(), none -> new LinkedHashSet<>())
                        .add(each.getPublicKey());
            }
            List<X509CRL> relevant = new ArrayList<>();
            for (Map.Entry<X500Principal, List<ListSigners>> each : byIssuer.entrySet()) {
                List<ListSigners> named = each.getValue();
                List<ListSigners> own = signedBy(keys.getOrDefault(each.getKey(), Set.of()), named);
                (own.isEmpty() ? named : own).forEach(list -> relevant.add(list.list()));
            }
            return CertStore.getInstance("Collection", new CollectionCertStoreParameters(relevant));
        }

        private List<ListSigners> signedBy(Set<PublicKey> issuers, List<ListSigners> named)
                throws CertPathValidatorException {
            if (issuers.isEmpty() || named.size() == 1) {
                return named; // the JDK looks at the signature of the only one itself
            }
            List<ListSigners> own = new ArrayList<>();
            for (ListSigners each : named) {
                if (isSigned(each, issuers)) {
                    own.add(each);
                }
            }
            return own;
        }

        private boolean isSigned(ListSigners list, Set<PublicKey> issuers) throws CertPathValidatorException {
            List<PublicKey> unknown = new ArrayList<>();
            for (PublicKey key : issuers) {
                Boolean known = list.known(key);
                if (known == null) {
                    unknown.add(key);
                } else if (known) {
                    return true;
                }
            }
            for (PublicKey key : unknown) {
                if (--checksLeft < 0) { // a list that is left out might be the one that has the client
                    throw new CertPathValidatorException(
                            "too many keys of one name, of which none is known to sign its revocation lists",
                            null,
                            null,
                            -1,
                            BasicReason.UNDETERMINED_REVOCATION_STATUS);
                }
                if (list.check(key)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Returns how many keys of clients' chains are remembered. */
    int remembered() {
        return byIssuer.values().stream()
                .flatMap(List::stream)
                .mapToInt(ListSigners::remembered)
                .sum();
    }

    /**
     * Returns whether a list of the certificate's issuer has it. For certificates that are trusted without their issuer, whose key
     * may not be known then: a list is taken as it stands, which can only refuse more.
     */
    boolean contains(X509Certificate certificate) {
        return of(certificate.getIssuerX500Principal()).stream()
                .anyMatch(each -> each.list().isRevoked(certificate));
    }

    /** Returns whether there is a list of an issuer that is in force. */
    boolean hasCurrent(X500Principal issuer, Instant now) {
        return of(issuer).stream().anyMatch(each -> each.isCurrent(now));
    }

    private List<ListSigners> of(X500Principal issuer) {
        return byIssuer.getOrDefault(issuer, List.of());
    }
}
