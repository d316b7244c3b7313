package dev.lockstep.interop;

import dev.lockstep.interop.Peer.Resumption;
import org.jspecify.annotations.Nullable;

/**
 * What a client does at a {@link Target}.
 *
 * @param payload what it sends, and wants back from a server that echoes
 * @param resumption how the server is to know the session of the first connection again on a second; null for one
 *     connection
 * @param identity its certificate and key, or null
 */
record Visit(
        String payload,
        @Nullable Resumption resumption,
        @Nullable KeyMaterial identity) {
    /** One connection of a client without a certificate. */
    static Visit once(String payload) {
        return new Visit(payload, null, null);
    }

    boolean resumes() {
        return resumption != null;
    }

    int connections() {
        return resumes() ? 2 : 1;
    }
}
