package dev.lockstep.server.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The hash chain: each value is made of the one before and the text of the line that carries it. */
final class Chain {

    /** Characters of a chain value: SHA-256 in lower-case hex. */
    static final int LENGTH = 64;

    /** Characters of a digest that only identifies something. */
    static final int PREFIX_LENGTH = 32;

    /** What the first line of the first file follows. */
    static final String START = "0".repeat(LENGTH);

    private Chain() {}

    /**
     * The chain value of a line. Both parts are hashed as they stand in the file, so that sha256sum can do it too.
     *
     * @param previous the chain value of the line before
     * @param text the line without its chain member
     */
    static String next(String previous, String text) {
        MessageDigest digest = sha256();
        digest.update(previous.getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.US_ASCII)));
    }

    static String digestPrefix(byte[] input) {
        return prefix(sha256().digest(input));
    }

    static String prefix(byte[] digest) {
        return HexFormat.of().formatHex(digest, 0, PREFIX_LENGTH / 2);
    }

    /** Whether {@code text} is lower-case hex of just this length. */
    static boolean isHex(String text, int length) {
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
