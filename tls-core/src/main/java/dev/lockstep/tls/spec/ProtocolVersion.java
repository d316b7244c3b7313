package dev.lockstep.tls.spec;

/**
 * The protocol versions as numbers: {@code ProtocolVersion} of RFC 5246 6.2.1, major byte above minor byte.
 *
 * <p>RFC 9325 3.1.1-1, 3.1.1-2, 3.1.1-3, 3.1.1-4, 3.1.1-5: "Implementations MUST support TLS 1.2", and none of those
 * before it is negotiated.
 *
 * <p>Versions are plain ints in the code because a peer may name any of 65536 of them, and they are compared.
 */
public final class ProtocolVersion {
    /** 3.0. */
    public static final int SSL_3_0 = 0x0300;
    /** 3.1. */
    public static final int TLS_1_0 = 0x0301;
    /** 3.2. */
    public static final int TLS_1_1 = 0x0302;
    /** 3.3, the version Lockstep speaks. */
    public static final int TLS_1_2 = 0x0303;
    /** 3.4: never negotiated here, and never seen in client_version but from clients that err (RFC 8446 4.1.2). */
    public static final int TLS_1_3 = 0x0304;

    private ProtocolVersion() {}

    /** Returns "3.3" for TLS 1.2 and so on, for messages. */
    public static String text(int version) {
        return (version >>> 8) + "." + (version & 0xff);
    }
}
