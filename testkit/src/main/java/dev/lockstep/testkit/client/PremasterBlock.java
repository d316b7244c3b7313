package dev.lockstep.testkit.client;

import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.SeededRandom;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;

/**
 * What a client may encrypt as an RSA premaster secret, right and wrong: the blocks of Bleichenbacher's attack and its
 * successors (RFC 5246 section 7.4.7.1). A server must answer all but {@link #WELL_FORMED} as it answers a good block
 * whose client does not know the secret in it.
 */
public enum PremasterBlock {
    WELL_FORMED,
    CORRUPT,
    TOO_LONG,
    TOO_SHORT,
    EMPTY,
    WRONG_MAJOR_VERSION,
    WRONG_MINOR_VERSION,
    /** The version before the one of ClientHello, as a client with a rollback bug sends it. */
    NEGOTIATED_VERSION_INSTEAD,
    WRONG_BLOCK_TYPE,
    WRONG_LEADING_BYTE,
    NO_ZERO,
    ZERO_AMONG_THE_FIRST_PADDING_BYTES,
    ALL_ZERO;

    /**
     * The 48 bytes of {@link #WELL_FORMED}, the same in every run.
     *
     * @param version the client_version of the ClientHello
     */
    public static byte[] secret(int version) {
        byte[] secret = new byte[48];
        new SeededRandom(17).nextBytes(secret);
        secret[0] = (byte) (version >> 8);
        secret[1] = (byte) version;
        return secret;
    }

    /**
     * The block before encryption.
     *
     * @param version the client_version of the ClientHello
     * @param modulusLength of the server's key, in bytes
     */
    public byte[] block(int version, int modulusLength) {
        SeededRandom random = new SeededRandom(19);
        byte[] secret = secret(version);
        byte[] right = RsaBlocks.padded(secret, modulusLength, random);
        return switch (this) {
            case WELL_FORMED -> right;
            case CORRUPT -> {
                random.nextBytes(right);
                yield with(right, 0, 0x11);
            }
            case TOO_LONG -> RsaBlocks.padded(Bytes.concat(secret, new byte[1]), modulusLength, random);
            case TOO_SHORT, EMPTY, WRONG_MAJOR_VERSION, WRONG_MINOR_VERSION, NEGOTIATED_VERSION_INSTEAD ->
                RsaBlocks.padded(secretInIt(version), modulusLength, random);
            case WRONG_BLOCK_TYPE -> with(right, 1, 1);
            case WRONG_LEADING_BYTE -> with(right, 0, 1);
            case NO_ZERO -> withoutZero(right);
            case ZERO_AMONG_THE_FIRST_PADDING_BYTES -> with(right, 5, 0);
            case ALL_ZERO -> new byte[modulusLength];
        };
    }

    /** The block under the server's key: what ClientKeyExchange carries. */
    public byte[] encrypted(int version, RSAPublicKey key) {
        int length = (key.getModulus().bitLength() + 7) / 8;
        return KeyExchangeBody.rawRsa(key, block(version, length));
    }

    /** The secret that a client uses which hopes for a lenient server. */
    public byte[] secretInIt(int version) {
        byte[] secret = secret(version);
        return switch (this) {
            case WRONG_MAJOR_VERSION -> with(secret, 0, 2);
            case WRONG_MINOR_VERSION -> with(secret, 1, 1);
            case NEGOTIATED_VERSION_INSTEAD -> with(secret, 1, (version & 0xff) - 1);
            case TOO_SHORT -> Arrays.copyOf(secret, 47);
            case EMPTY -> new byte[0];
            case ALL_ZERO -> new byte[48];
            default -> secret;
        };
    }

    /** No zero byte behind the block type, in padding or secret. */
    private static byte[] withoutZero(byte[] block) {
        byte[] changed = block.clone();
        for (int i = 2; i < changed.length; i++) {
            if (changed[i] == 0) {
                changed[i] = 7;
            }
        }
        return changed;
    }

    private static byte[] with(byte[] bytes, int index, int value) {
        byte[] changed = bytes.clone();
        changed[index] = (byte) value;
        return changed;
    }
}
