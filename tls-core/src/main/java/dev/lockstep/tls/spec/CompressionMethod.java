package dev.lockstep.tls.spec;

/** The only compression TLS 1.2 is spoken with here: {@code CompressionMethod} of RFC 5246 7.4.1.2. */
public enum CompressionMethod {
    /** No compression. */
    NULL(0);

    private final int code;

    CompressionMethod(int code) {
        this.code = code;
    }

    /** Returns the number on the wire, one byte. */
    public int code() {
        return code;
    }
}
