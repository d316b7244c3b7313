package dev.lockstep.tls.spec;

/**
 * How a cipher suite agrees on the premaster secret: {@code KeyExchangeAlgorithm} of RFC 5246 7.4.3, RFC 8422 5.4 and
 * RFC 4279, in order of preference.
 */
public enum KeyExchange {
    /** Ephemeral elliptic-curve Diffie-Hellman, signed with an ECDSA or EdDSA key: RFC 8422 2.1. */
    ECDHE_ECDSA,
    /** Ephemeral elliptic-curve Diffie-Hellman, signed with an RSA key: RFC 8422 2.2. */
    ECDHE_RSA,
    /** Ephemeral Diffie-Hellman, signed with an RSA key: RFC 5246 7.4.3. */
    DHE_RSA,
    /** Ephemeral elliptic-curve Diffie-Hellman, authenticated by a pre-shared key: RFC 5489. */
    ECDHE_PSK,
    /** Ephemeral Diffie-Hellman, authenticated by a pre-shared key: RFC 4279 3. */
    DHE_PSK,
    /** The client encrypts the premaster secret to the certificate: RFC 5246 7.4.7.1. */
    RSA,
    /** The client encrypts a secret to the certificate, and a pre-shared key authenticates both: RFC 4279 4. */
    RSA_PSK,
    /** A pre-shared key alone: RFC 4279 2. */
    PSK;

    /** Tells whether the server makes a fresh key for each handshake, which gives forward secrecy. */
    public boolean isEphemeral() {
        return switch (this) {
            case ECDHE_ECDSA, ECDHE_RSA, DHE_RSA, ECDHE_PSK, DHE_PSK -> true;
            case RSA, RSA_PSK, PSK -> false;
        };
    }

    /** Tells whether the exchange runs on an elliptic curve. */
    public boolean isEcdhe() {
        return this == ECDHE_ECDSA || this == ECDHE_RSA || this == ECDHE_PSK;
    }

    /** Tells whether the server sends a Certificate message. */
    public boolean usesCertificate() {
        return signsServerKeyExchange() || decryptsPremaster();
    }

    /** Tells whether the client names a pre-shared key in its ClientKeyExchange. */
    public boolean usesPsk() {
        return switch (this) {
            case ECDHE_PSK, DHE_PSK, RSA_PSK, PSK -> true;
            case ECDHE_ECDSA, ECDHE_RSA, DHE_RSA, RSA -> false;
        };
    }

    /** Tells whether the parameters of ServerKeyExchange are signed with the certificate's key. */
    public boolean signsServerKeyExchange() {
        return this == ECDHE_ECDSA || this == ECDHE_RSA || this == DHE_RSA;
    }

    /** Tells whether the certificate's key decrypts what the client sends. */
    public boolean decryptsPremaster() {
        return this == RSA || this == RSA_PSK;
    }
}
