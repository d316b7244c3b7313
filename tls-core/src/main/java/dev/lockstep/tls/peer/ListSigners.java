package dev.lockstep.tls.peer;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A revocation list, and which keys have signed it. What is known of configured keys stays. Of all others, which clients choose,
 * the last few are remembered, those that have signed apart from those that have not: a flood of made-up keys pushes out no signer.
 * Thread-safe; a check runs without a lock, since it takes as long as the list is.
 */
final class ListSigners {

    /** How many signers are remembered, and as many keys again that are none; each has at most a few kilobytes. */
    static final int REMEMBERED = 32;

    private final X509CRL list;
    private final Set<PublicKey> configured;
    private final Map<PublicKey, Boolean> ofConfigured = new ConcurrentHashMap<>();
    private final Map<PublicKey, Boolean> signers = new LinkedHashMap<>();
    private final Map<PublicKey, Boolean> others = new LinkedHashMap<>();

    /** @param configured the keys of all configured authorities */
    ListSigners(X509CRL list, Set<PublicKey> configured) {
        this.list = list;
        this.configured = configured;
    }

    X509CRL list() {
        return list;
    }

    /** Returns whether the key has signed the list; null when a {@link #check} must tell. */
    @Nullable
    Boolean known(PublicKey key) {
        if (configured.contains(key)) {
            return ofConfigured.computeIfAbsent(key, this::verifies);
        }
        synchronized (signers) {
            return signers.containsKey(key) ? Boolean.TRUE : others.get(key);
        }
    }

    /** Checks a key about which nothing is known, and remembers the answer for a while. */
    boolean check(PublicKey key) {
        boolean signed = verifies(key);
        synchronized (signers) {
            Map<PublicKey, Boolean> same = signed ? signers : others;
            same.put(key, signed);
            if (same.size() > REMEMBERED) {
                same.remove(same.keySet().iterator().next());
            }
        }
        return signed;
    }

    /** Returns how many keys of clients' chains are remembered. */
    int remembered() {
        synchronized (signers) {
            return signers.size() + others.size();
        }
    }

    boolean isCurrent(Instant now) {
        Date next = list.getNextUpdate();
        return !now.isBefore(list.getThisUpdate().toInstant()) && (next == null || !now.isAfter(next.toInstant()));
    }

    private boolean verifies(PublicKey key) {
        try {
            list.verify(key);
            return true;
        } catch (GeneralSecurityException | RuntimeException e) {
            return false; // a boundary: the key is a client's
        }
    }
}
