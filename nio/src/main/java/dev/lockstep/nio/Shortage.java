package dev.lockstep.nio;

/** What a {@link TlsLoop} has run out of, so that it ends or refuses connections. */
public enum Shortage {
    /** {@link Limits#connections} are open. */
    CONNECTIONS,
    /** {@link Limits#perNetwork} connections of one network are open. */
    NETWORK,
    /** The connections hold more than {@link Limits#memory}. */
    MEMORY,
    /** No connection can be accepted, most likely because the process has no descriptors left. */
    DESCRIPTORS
}
