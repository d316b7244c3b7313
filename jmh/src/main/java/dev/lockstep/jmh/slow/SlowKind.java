package dev.lockstep.jmh.slow;

import dev.lockstep.jmh.engine.EngineKind;
import dev.lockstep.jmh.engine.ServerIdentity;
import java.security.GeneralSecurityException;

/** The servers that are compared with a key of five milliseconds, and how each of them waits for it. */
public enum SlowKind {
    /** As it comes: the thread that talks to the key verifies what the key made. */
    LOCKSTEP("Lockstep"),
    /** The key's own library answers, and the connection verifies its signatures. */
    LOCKSTEP_IN_CONNECTION("Lockstep, verified in the connection"),
    /** As it comes, with what Conscrypt and ACCP compute. */
    LOCKSTEP_BOTH("Lockstep+both"),
    /** A pool of as many threads as talk to the key computes the shared secrets, as JSSE's threads do. */
    LOCKSTEP_POOL("Lockstep, agreements on a pool"),
    /** With the key server's process on the other end of a Unix-domain socket. */
    LOCKSTEP_KEY_SERVER("Lockstep, key server"),
    JSSE("JSSE"),
    JSSE_16("JSSE, 16 threads"),
    TCNATIVE("tcnative");

    static final int KEY_MILLIS = 5;
    /** Enough to sign for all: they have a core to themselves at best. */
    static final int SIGNERS = 2;

    /** What a client of the key server may have open, as it comes. */
    private static final int MOST_OPEN = 4096;

    private static final int JSSE_THREADS = 64;
    private static final int FEWER_THREADS = 16;

    private final String title;

    SlowKind(String title) {
        this.title = title;
    }

    /** For tables; {@code JSSE} has 64 threads. */
    public String title() {
        return title;
    }

    /** Whether it is measured with other numbers of handshakes as well. */
    public boolean isGrown() {
        return this == LOCKSTEP;
    }

    /** The most that can be in flight. */
    public int mostInFlight() {
        return this == LOCKSTEP_KEY_SERVER ? MOST_OPEN : Integer.MAX_VALUE;
    }

    /** Whether native code is in it. */
    public boolean isNative() {
        return this == TCNATIVE || this == LOCKSTEP_BOTH;
    }

    /** Whether it runs on this platform. */
    public boolean isAvailable() {
        return switch (this) {
            case TCNATIVE -> EngineKind.TCNATIVE.isAvailable();
            case LOCKSTEP_BOTH -> EngineKind.LOCKSTEP_BOTH.isAvailable();
            default -> true;
        };
    }

    SlowServer create(ServerIdentity identity) throws GeneralSecurityException {
        return switch (this) {
            case LOCKSTEP, LOCKSTEP_BOTH, LOCKSTEP_IN_CONNECTION, LOCKSTEP_POOL -> SlowLockstep.of(this, identity);
            case LOCKSTEP_KEY_SERVER -> new SlowKeyServer();
            case JSSE -> new SlowJsse(identity, JSSE_THREADS);
            case JSSE_16 -> new SlowJsse(identity, FEWER_THREADS);
            case TCNATIVE -> new SlowTcnative(identity);
        };
    }
}
