package dev.lockstep.server.audit;

import java.time.Duration;

/**
 * One private-key operation, as its line shows it. Immutable; holds neither the input nor the output.
 *
 * <p>For a decryption that hides whether the padding was good, {@code result} must not tell either: a reader of the
 * log would be the oracle (RFC 5246 7.4.7.1).
 *
 * @param peer who asked for it
 * @param request the request id the peer chose, all 64 bits of it, unsigned
 * @param operation what was asked for, for example {@code sign:ecdsa_secp256r1_sha256}: 1 to 48 of {@code a-z 0-9 _ . :
 *     -}
 * @param key which key; may come from the peer: any characters, what is over 64 is cut off
 * @param input the beginning of the SHA-256 of the input, as {@link #digest} makes it
 * @param result for example {@code ok} or {@code refused:policy}: written as {@code operation} is
 * @param micros how long it took, in microseconds; not negative
 */
public record KeyUse(KeyPeer peer, long request, String operation, String key, String input, String result, long micros)
        implements Entry {

    /** Characters of a key's name that are kept. */
    static final int KEY_LENGTH = 64;

    private static final int TOKEN_LENGTH = 48;

    /** @throws IllegalArgumentException when a value is out of the range named above: a defect of the caller */
    public KeyUse {
        requireToken("operation", operation);
        requireToken("result", result);
        if (!Chain.isHex(input, Chain.PREFIX_LENGTH)) {
            throw new IllegalArgumentException("input: is no digest; make it with KeyUse.digest");
        }
        if (micros < 0 || micros > LogLine.MAX_NUMBER) {
            throw new IllegalArgumentException("micros: " + micros + " is negative or too large; give the duration");
        }
        if (key.length() > KEY_LENGTH) {
            key = key.substring(0, KEY_LENGTH);
        }
    }

    /** As the other constructor, for a process of this machine. */
    public KeyUse(long uid, long request, String operation, String key, String input, String result, long micros) {
        this(KeyPeer.local(uid), request, operation, key, input, result, micros);
    }

    /** As the constructor, from the input itself, which is not kept, and from a duration; one below zero counts as 0. */
    public static KeyUse of(
            KeyPeer peer, long request, String operation, String key, byte[] input, String result, Duration took) {
        // nanoseconds fill a long after 292 years: what is longer is no duration of an operation
        long micros = took.isNegative() ? 0 : took.toNanos() / 1000;
        return new KeyUse(peer, request, operation, key, digest(input), result, micros);
    }

    /** The first 16 bytes of the SHA-256 of {@code input}, in hex. */
    public static String digest(byte[] input) {
        return Chain.digestPrefix(input);
    }

    static boolean isToken(String text) {
        if (text.isEmpty() || text.length() > TOKEN_LENGTH) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && "_.:-".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static void requireToken(String field, String text) {
        if (!isToken(text)) {
            throw new IllegalArgumentException(field + ": must be 1 to 48 of a-z, 0-9, '_', '.', ':' and '-'");
        }
    }
}
