package dev.lockstep.jmh.engine;

/** A TLS server's long-lived part: everything prepared once for one {@link Scenario}. */
public interface Engine {

    /** A new connection that waits for a ClientHello. Its cost counts as part of the handshake. */
    ServerSession accept();
}
