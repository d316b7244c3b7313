package dev.lockstep.tls.config;

/**
 * Receives the secrets of a connection in the NSS key log format, for debugging with a packet analyser. Such a
 * line decrypts the connection: set one in code only, never by default.
 */
@FunctionalInterface
public interface KeyLog {

    /**
     * Receives one line, without a line end: {@code CLIENT_RANDOM <client random> <master secret>}, both in hexadecimal. Called
     * once per handshake, resumptions included, on the thread that drives the connection. What it throws ends the connection
     * with internal_error: an implementation whose output can fail, as on a full disk, catches that.
     */
    void log(String line);
}
