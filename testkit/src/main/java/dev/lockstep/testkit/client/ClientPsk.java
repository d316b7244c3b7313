package dev.lockstep.testkit.client;

import dev.lockstep.testkit.util.Bytes;

/** RFC 4279 section 2, the client's side of it. */
final class ClientPsk {

    private ClientPsk() {}

    /** The premaster secret: both halves with their lengths in front. */
    static byte[] premaster(byte[] otherSecret, byte[] psk) {
        return Bytes.concat(Bytes.vector(2, otherSecret), Bytes.vector(2, psk));
    }
}
