package dev.lockstep.tls.spec;

/** Numbers in the list of cipher suites that are no suites but signals. */
public final class Signaling {
    /** RFC 5746 3.3: says what an empty renegotiation_info would say. */
    public static final int TLS_EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff;

    /** RFC 7507 2: this attempt follows one with a higher version that failed. */
    public static final int TLS_FALLBACK_SCSV = 0x5600;

    private Signaling() {}
}
