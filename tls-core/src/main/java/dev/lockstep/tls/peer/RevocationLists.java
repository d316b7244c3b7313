package dev.lockstep.tls.peer;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.security.auth.x500.X500Principal;

/** The revocation lists that a verifier was configured with. */
final class RevocationLists {

    /** By issuer. Lists are never compared: the JDK compares encodings, and one may have 100 MB. */
    private final Map<X500Principal, List<Entry>> byIssuer = new HashMap<>();

    RevocationLists(Collection<X509CRL> lists) {
        for (X509CRL each : lists) {
            byIssuer.computeIfAbsent(each.getIssuerX500Principal(), none -> new ArrayList<>())
                    .add(new Entry(each));
        }
    }

    boolean isEmpty() {
        return byIssuer.isEmpty();
    }

    /**
     * Returns the lists for the JDK's validation of a path: of those with the name of an issuer on it, the ones that its key signed,
     * if there are any. The JDK rejects all lists of a name when one of them has another key, or believes the wrong one;
     * RFC 5280 6.3.3 (f) and (g) want the issuer's.
     *
     * @param path the client's certificate first
     */
    CertStore store(List<X509Certificate> path, TrustAnchor anchor) throws GeneralSecurityException {
        Map<X500Principal, Set<PublicKey>> keys = new HashMap<>();
        keys.computeIfAbsent(Anchors.name(anchor), none -> new HashSet<>()).add(Anchors.key(anchor));
        for (X509Certificate each : path.subList(1, path.size())) {
            keys.computeIfAbsent(each.getSubjectX500Principal(), none -> new HashSet<>())
                    .add(each.getPublicKey());
        }
        List<X509CRL> relevant = new ArrayList<>();
        byIssuer.forEach((name, named) -> {
            Set<PublicKey> issuers = keys.getOrDefault(name, Set.of());
            List<Entry> own = named.stream()
                    .filter(each -> issuers.stream().anyMatch(each::isSignedBy))
                    .toList();
            (own.isEmpty() ? named : own).forEach(each -> relevant.add(each.list));
        });
        return CertStore.getInstance("Collection", new CollectionCertStoreParameters(relevant));
    }

    /**
     * Returns whether a list of the certificate's issuer has it. For certificates that are trusted without their issuer, whose key
     * may not be known then: a list is taken as it stands, which can only refuse more.
     */
    boolean contains(X509Certificate certificate) {
        return of(certificate.getIssuerX500Principal()).stream().anyMatch(each -> each.list.isRevoked(certificate));
    }

    /** Returns whether there is a list of an issuer that is in force. */
    boolean hasCurrent(X500Principal issuer, Instant now) {
        return of(issuer).stream().anyMatch(each -> each.isCurrent(now));
    }

    private List<Entry> of(X500Principal issuer) {
        return byIssuer.getOrDefault(issuer, List.of());
    }

    /** A list, and which keys have signed it: the keys of authorities on valid paths, and so few. */
    private static final class Entry {

        private final X509CRL list;
        private final Map<PublicKey, Boolean> signers = new ConcurrentHashMap<>();

        Entry(X509CRL list) {
            this.list = list;
        }

        boolean isSignedBy(PublicKey key) {
            return signers.computeIfAbsent(key, none -> {
                try {
                    list.verify(key);
                    return true;
                } catch (GeneralSecurityException | RuntimeException e) {
                    return false; // a boundary: the key is a client's
                }
            });
        }

        boolean isCurrent(Instant now) {
            Date next = list.getNextUpdate();
            return !now.isBefore(list.getThisUpdate().toInstant()) && (next == null || !now.isAfter(next.toInstant()));
        }
    }
}
