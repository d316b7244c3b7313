package dev.lockstep.tls.spec;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The groups a key exchange may run in: {@code NamedGroup} of RFC 7919 2, which is the {@code NamedCurve} of RFC 8422
 * 5.1.1 with the finite fields added.
 *
 * <p>RFC 9325 4.5-1, 4.5-2: "DH key lengths of at least 2048 bits are REQUIRED"; "Curves of less than 224 bits MUST NOT
 * be used." None is here.
 * RFC 8422 5.4-1: Edwards curves are for signatures and not here either.
 */
public enum NamedGroup {
    /** RFC 8422 5.1.1, RFC 7748 5. */
    X25519(29),
    /** RFC 8422 5.1.1: NIST P-256. */
    SECP256R1(23),
    /** RFC 8422 5.1.1, RFC 7748 5. */
    X448(30),
    /** RFC 8422 5.1.1: NIST P-384. */
    SECP384R1(24),
    /** RFC 8422 5.1.1: NIST P-521. */
    SECP521R1(25),
    /** RFC 7919 A.1. */
    FFDHE2048(256),
    /** RFC 7919 A.2. */
    FFDHE3072(257),
    /** RFC 7919 A.3. */
    FFDHE4096(258),
    /** RFC 7919 A.4. */
    FFDHE6144(259),
    /** RFC 7919 A.5. */
    FFDHE8192(260);

    private static final Codes<NamedGroup> CODES = new Codes<>(values(), NamedGroup::code);

    private final int code;

    NamedGroup(int code) {
        this.code = code;
    }

    /** Returns the number on the wire, two bytes. */
    public int code() {
        return code;
    }

    /** Tells whether this is a group of RFC 7919 and not a curve. */
    public boolean isFiniteField() {
        return isFiniteField(code);
    }

    /**
     * Tells whether a number lies in the range reserved for finite fields, known group or not.
     *
     * <p>RFC 7919 2: "Codepoints in the 'Supported Groups Registry' with a high byte of 0x01 (that is, between 256 and
     * 511, inclusive) are set aside for FFDHE groups".
     */
    public static boolean isFiniteField(int code) {
        return code >>> 8 == 0x01;
    }

    /** Returns the registered name, for example {@code secp256r1}. */
    public String ianaName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the group with this number, or null if it is unknown here. */
    public static @Nullable NamedGroup of(int code) {
        return CODES.of(code);
    }
}
