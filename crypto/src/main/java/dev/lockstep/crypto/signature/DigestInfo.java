package dev.lockstep.crypto.signature;

import dev.lockstep.crypto.hash.HashAlgorithm;

/**
 * The DER value that RSASSA-PKCS1-v1_5 signs (RFC 8017 9.2), for tokens that offer the bare operation ("NONEwithRSA").
 *
 * <pre>DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }</pre>
 *
 * <p>Stateless, safe for any thread.
 */
public final class DigestInfo {
    private static final byte SEQUENCE = 0x30;
    private static final byte OBJECT_IDENTIFIER = 0x06;
    private static final byte NULL = 0x05;
    private static final byte OCTET_STRING = 0x04;

    /** 1.3.14.3.2.26. */
    private static final byte[] SHA1_OID = {0x2b, 0x0e, 0x03, 0x02, 0x1a};

    /** 2.16.840.1.101.3.4.2.x, where x tells the hash. */
    private static final byte[] SHA2_OID = {0x60, (byte) 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0};

    private DigestInfo() {}

    /**
     * Wraps a digest.
     *
     * @param hash what the digest was made with
     * @param digest the digest, {@code hash.length()} bytes
     * @return the encoding, owned by the caller
     * @throws IllegalArgumentException if the digest has another length
     */
    public static byte[] encode(HashAlgorithm hash, byte[] digest) {
        return encode(hash, digest, true);
    }

    /** Returns the form without the parameters, which is never made here and which a verifier has to take. */
    static byte[] encodeWithoutParameters(HashAlgorithm hash, byte[] digest) {
        return encode(hash, digest, false);
    }

    private static byte[] encode(HashAlgorithm hash, byte[] digest, boolean parameters) {
        if (digest.length != hash.length()) {
            throw new IllegalArgumentException(digest.length + " bytes are no digest of " + hash);
        }
        byte[] oid = oid(hash);
        int parametersLength = parameters ? 2 : 0;
        byte[] out = new byte[encodedLength(hash) - 2 + parametersLength];
        int at = 0;
        // RFC 5246 4.7-1: "As discussed in [PKCS1], the DigestInfo MUST be DER-encoded"
        at = header(out, at, SEQUENCE, out.length - 2);
        at = header(out, at, SEQUENCE, 2 + oid.length + parametersLength);
        at = header(out, at, OBJECT_IDENTIFIER, oid.length);
        System.arraycopy(oid, 0, out, at, oid.length);
        at += oid.length;
        // RFC 5246 4.7-2: "For hash algorithms without parameters (which includes SHA-1), the
        // DigestInfo.AlgorithmIdentifier.parameters field MUST be NULL"
        if (parameters) {
            at = header(out, at, NULL, 0);
        }
        at = header(out, at, OCTET_STRING, digest.length);
        System.arraycopy(digest, 0, out, at, digest.length);
        return out;
    }

    public static int encodedLength(HashAlgorithm hash) {
        // Four headers, the empty NULL, and the two contents.
        return 10 + oid(hash).length + hash.length();
    }

    private static byte[] oid(HashAlgorithm hash) {
        if (hash == HashAlgorithm.SHA1) {
            return SHA1_OID;
        }
        byte[] oid = SHA2_OID.clone();
        oid[oid.length - 1] = switch (hash) {
            case SHA1 -> throw new IllegalArgumentException("not of the SHA-2 family");
            case SHA256 -> 1;
            case SHA384 -> 2;
            case SHA512 -> 3;
            case SHA224 -> 4;
        };
        return oid;
    }

    private static int header(byte[] out, int at, byte tag, int length) {
        out[at] = tag;
        out[at + 1] = (byte) length;
        return at + 2;
    }
}
