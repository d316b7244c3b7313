package dev.lockstep.keys.keyserver.protocol;

/**
 * A key of a key server and what its client may use it for. Immutable.
 *
 * @param signs whether it signs ServerKeyExchange inputs
 * @param decrypts whether it answers RSA premaster secrets
 */
public record KeyOffer(KeyId key, boolean signs, boolean decrypts) {

    /** Bytes of an offer in a frame. */
    static final int LENGTH = KeyId.LENGTH + 1;

    private static final int SIGNS = 1;
    private static final int DECRYPTS = 2;

    /** Returns the forms as the bits of a frame. */
    int forms() {
        return (signs ? SIGNS : 0) | (decrypts ? DECRYPTS : 0);
    }

    /** @throws ProtocolException when a bit is set that has no meaning */
    static KeyOffer of(KeyId key, int forms) throws ProtocolException {
        if ((forms & ~(SIGNS | DECRYPTS)) != 0) {
            throw new ProtocolException("a key is offered in a form that there is not");
        }
        return new KeyOffer(key, (forms & SIGNS) != 0, (forms & DECRYPTS) != 0);
    }
}
