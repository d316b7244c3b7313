package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Service;
import java.io.IOException;
import java.util.Set;

/** A TLS client written by others, run with its defaults, capped at TLS 1.2. */
interface Peer {
    /** How a server knows a session again. */
    enum Resumption {
        /** RFC 5246 7.4.1.2: it keeps the session under its ID. */
        ID,
        /** RFC 5077: the client keeps it in a ticket. */
        TICKET
    }

    String name();

    /** Skips or fails the test if the client is not installed, see {@code Needed}. */
    void require();

    /** The certificates it can verify. */
    Set<KeyKind> kinds();

    /** How it can resume a session. */
    Set<Resumption> resumptions();

    /** Whether it offers extended_master_secret (RFC 7627). */
    default boolean hasExtendedMasterSecret() {
        return true;
    }

    /** Whether it can authenticate itself with a certificate. */
    boolean hasIdentity();

    /** What it needs at the other end. */
    Service service();

    /** Connects as often as the visit says, and each time verifies, exchanges the payload and closes. */
    Exchange talk(Target target, Visit visit) throws IOException, InterruptedException;
}
