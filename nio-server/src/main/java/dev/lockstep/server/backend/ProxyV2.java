package dev.lockstep.server.backend;

/** The numbers of the binary PROXY header, version 2. */
final class ProxyV2 {

    static final byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};

    /** The signature, version and command, family and protocol, and the length of the rest. */
    static final int FIXED = 16;

    static final int LOCAL = 0x20;
    static final int PROXY = 0x21;

    static final int UNSPEC = 0x00;
    static final int TCP4 = 0x11;
    static final int TCP6 = 0x21;

    /** Two addresses and two ports. */
    static final int TCP4_LENGTH = 12;

    static final int TCP6_LENGTH = 36;

    static final int TYPE_ALPN = 0x01;
    static final int TYPE_AUTHORITY = 0x02;
    static final int TYPE_CRC32C = 0x03;
    static final int TYPE_SSL = 0x20;

    static final int SUBTYPE_SSL_VERSION = 0x21;
    static final int SUBTYPE_SSL_CN = 0x22;
    static final int SUBTYPE_SSL_CIPHER = 0x23;

    static final int CLIENT_SSL = 0x01;
    static final int CLIENT_CERT_CONN = 0x02;
    static final int CLIENT_CERT_SESS = 0x04;

    private ProxyV2() {}
}
