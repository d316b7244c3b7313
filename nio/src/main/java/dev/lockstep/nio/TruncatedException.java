package dev.lockstep.nio;

import java.io.IOException;

/**
 * Thrown if the client has ended its TCP stream without close_notify. An attacker in the network can cause this too
 * (RFC 5246 &sect;7.2.1), so what was read until then may be incomplete.
 */
public final class TruncatedException extends IOException {

    private static final long serialVersionUID = 1L;

    TruncatedException(IOException cause) {
        super("the client's stream ended without close_notify", cause);
    }
}
