package dev.lockstep.tls.config;

/**
 * What decides first when several credentials can serve a client: the order of cipher suites or that of credentials. The
 * credentials are those of the client's server name, or the candidates of a
 * {@link dev.lockstep.tls.credential.CredentialSelector}.
 */
public enum CredentialOrder {
    /** The first suite that any credential can serve, and then the first credential that can serve it. */
    SUITES_FIRST,
    /**
     * The first credential that can serve any suite, and then the first suite that it can serve. Suites without a
     * certificate come last.
     */
    CREDENTIALS_FIRST
}
