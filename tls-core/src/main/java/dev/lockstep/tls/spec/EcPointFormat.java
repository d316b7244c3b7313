package dev.lockstep.tls.spec;

/** How a point of a curve is written: {@code ECPointFormat} of RFC 8422 5.1.2, of which one form is left. */
public enum EcPointFormat {
    /** {@code uncompressed}: 4, x, y. The forms 1 and 2 are deprecated by RFC 8422. */
    UNCOMPRESSED(0);

    private final int code;

    EcPointFormat(int code) {
        this.code = code;
    }

    /** Returns the number on the wire, one byte. */
    public int code() {
        return code;
    }
}
