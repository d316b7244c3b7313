package dev.lockstep.tls.spec;

/** How a cipher suite agrees on the premaster secret: {@code KeyExchangeAlgorithm} of RFC 5246 7.4.3, RFC 8422 5.4. */
public enum KeyExchange {
    /** Ephemeral elliptic-curve Diffie-Hellman, signed with an ECDSA or EdDSA key: RFC 8422 2.1. */
    ECDHE_ECDSA,
    /** Ephemeral elliptic-curve Diffie-Hellman, signed with an RSA key: RFC 8422 2.2. */
    ECDHE_RSA,
    /** Ephemeral Diffie-Hellman, signed with an RSA key: RFC 5246 7.4.3. */
    DHE_RSA,
    /** The client encrypts the premaster secret to the certificate: RFC 5246 7.4.7.1. */
    RSA;

    /** Tells whether the server sends a signed ServerKeyExchange. */
    public boolean isEphemeral() {
        return this != RSA;
    }

    /** Tells whether the exchange runs on an elliptic curve. */
    public boolean isEcdhe() {
        return this == ECDHE_ECDSA || this == ECDHE_RSA;
    }
}
