package dev.lockstep.jmh.sockets;

/**
 * What one load on one server came to.
 *
 * @param warmUp operations before those that were counted
 * @param operations that were counted
 * @param seconds in which they were
 * @param serverSeconds processor time of the server's processes in them, user and system
 * @param clientSeconds the same of this process
 */
record Sample(long warmUp, long operations, double seconds, double serverSeconds, double clientSeconds) {
    private static final double MICROS = 1e6;

    double perSecond() {
        return operations / seconds;
    }

    /** Microseconds of the server's processor time for each operation. */
    double serverMicros() {
        return serverSeconds / operations * MICROS;
    }

    /** The same of the clients. */
    double clientMicros() {
        return clientSeconds / operations * MICROS;
    }

    /** How many processors the server kept busy. */
    double serverCores() {
        return serverSeconds / seconds;
    }
}
