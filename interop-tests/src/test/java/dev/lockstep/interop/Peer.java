package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Service;
import java.io.IOException;
import java.util.Set;

/** A TLS client written by others, run with its defaults, capped at TLS 1.2. */
interface Peer {
    String name();

    /** Skips or fails the test if the client is not installed, see {@link Tools#require}. */
    void require();

    /** The certificates it can verify. */
    Set<KeyKind> kinds();

    /** What it needs at the other end. */
    Service service();

    /** Connects, verifies, exchanges {@code payload}, closes. */
    Exchange talk(Target target, String payload) throws IOException, InterruptedException;
}
