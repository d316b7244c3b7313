package dev.lockstep.interop.attacker.trace;

import de.rub.nds.tlsattacker.core.constants.CipherSuite;

/** What the server asks its private key for, and the message of the client that makes it ask. */
public enum KeyOperation {
    /** The signature of ServerKeyExchange, RFC 5246 section 7.4.3. */
    SIGNATURE("signature", Step.HELLO, CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
    /** The decryption of the premaster secret, RFC 5246 section 7.4.7.1. */
    DECRYPTION("decryption", Step.KEY_EXCHANGE, CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256);

    private final String title;
    private final Step cause;
    private final CipherSuite suite;

    KeyOperation(String title, Step cause, CipherSuite suite) {
        this.title = title;
        this.cause = cause;
        this.suite = suite;
    }

    /** What the page calls it. */
    public String title() {
        return title;
    }

    /** The step of the client that the operation follows. */
    public Step cause() {
        return cause;
    }

    /** The only suite that the client offers. */
    public CipherSuite suite() {
        return suite;
    }
}
