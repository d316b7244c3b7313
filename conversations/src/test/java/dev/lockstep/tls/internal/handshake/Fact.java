package dev.lockstep.tls.internal.handshake;

/** What has happened on a path, as far as a property looks at it. */
enum Fact {
    /** A handshake was completed before this one. */
    ESTABLISHED,
    KEYS_PREPARED,
    READS_NEW_KEYS,
    /** The client's Finished was right, under the new keys. */
    FINISHED_CHECKED,
    WRITES_NEW_KEYS,
    FINISHED_SENT,
    CLAIMED,
    JUDGED,
    PROVEN,
    // the secrets that are held
    SHARE,
    SHARED_SECRET,
    PRE_SHARED_KEY,
    STAND_IN,
    MASTER_SECRET,
    EARLIER_SESSION;

    boolean isSecret() {
        return compareTo(SHARE) >= 0;
    }

    /** Whether it is a part of the premaster secret, or makes one. */
    boolean isPremaster() {
        return this == SHARE || this == SHARED_SECRET || this == PRE_SHARED_KEY;
    }
}
