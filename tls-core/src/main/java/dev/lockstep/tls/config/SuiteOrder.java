package dev.lockstep.tls.config;

/** Whose order of preference decides among the cipher suites that both sides have. */
public enum SuiteOrder {
    /** The server's: the order of {@link TlsServerConfig#cipherSuites}. */
    SERVER,
    /** The client's: the order of its ClientHello. */
    CLIENT
}
