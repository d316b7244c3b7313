package dev.lockstep.jmh.sockets;

import java.io.IOException;
import java.util.List;

/**
 * A server to measure.
 *
 * @param name with its engine
 * @param threads that serve, or processes of one thread
 * @param jvm whether it runs in a JVM, on each of those that are asked for
 * @param keepsConnections whether it answers more than one request on a connection
 * @param command starts it
 */
record Subject(String name, int threads, boolean jvm, boolean keepsConnections, Command command) {

    /** Names a server's program and options. */
    @FunctionalInterface
    interface Command {
        /**
         * @param site what it serves with
         * @param java the java executable, for a server in a JVM
         */
        List<String> of(Site site, int port, String java) throws IOException;
    }

    String title() {
        return name + ", " + threads + (threads == 1 ? " thread" : " threads");
    }

    List<Load> loads() {
        return keepsConnections ? List.of(Load.values()) : List.of(Load.NEW, Load.RESUMED);
    }
}
