package dev.lockstep.testkit.client;

import dev.lockstep.tls.spec.CipherSuite;

/**
 * What the client remembers of a session, in order to resume it.
 *
 * @param id the session id of the server's hello, possibly empty
 * @param ticket the last ticket that came, or empty
 * @param lifetimeHint in seconds, as it came with the ticket
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ClientSession(
        byte[] id, byte[] ticket, long lifetimeHint, CipherSuite suite, byte[] master, boolean extendedMasterSecret) {

    /** The same session with another ticket. */
    public ClientSession withTicket(byte[] other) {
        return new ClientSession(id, other, lifetimeHint, suite, master, extendedMasterSecret);
    }

    /** The same session with another id. */
    public ClientSession withId(byte[] other) {
        return new ClientSession(other, ticket, lifetimeHint, suite, master, extendedMasterSecret);
    }
}
