package dev.lockstep.tls.spec;

/** How ServerECDHParams names its curve: {@code ECCurveType} of RFC 8422 5.4, of which one form is left. */
public enum EcCurveType {
    /** {@code named_curve}. The explicit forms 1 and 2 are deprecated by RFC 8422. */
    NAMED_CURVE(3);

    private final int code;

    EcCurveType(int code) {
        this.code = code;
    }

    /** Returns the number on the wire, one byte. */
    public int code() {
        return code;
    }
}
