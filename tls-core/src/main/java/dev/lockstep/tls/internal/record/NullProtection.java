package dev.lockstep.tls.internal.record;

/** TLS_NULL_WITH_NULL_NULL, in force until the first ChangeCipherSpec (RFC 5246 sections 6.1 and 6.2.3.1). */
final class NullProtection extends Protection {
    /** Counts nothing and holds nothing: no MAC depends on a sequence number here. */
    static final NullProtection INSTANCE = new NullProtection();

    private NullProtection() {
        super(0);
    }

    @Override
    public int overhead() {
        return 0;
    }

    @Override
    public int sealedLength(int plaintextLength) {
        return plaintextLength;
    }

    @Override
    public int maxFragmentLength(int plaintextLimit) {
        return plaintextLimit;
    }

    @Override
    public int plaintextBound(int fragmentLength) {
        return Math.min(fragmentLength, RecordHeader.MAX_PLAINTEXT);
    }

    @Override
    int openingRoom(int fragmentLength) {
        return fragmentLength;
    }

    @Override
    int sealFragment(int typeCode, byte[] in, int inOff, int length, byte[] out, int outOff) {
        System.arraycopy(in, inOff, out, outOff, length);
        return length;
    }

    @Override
    int openFragment(int typeCode, int version, byte[] in, int inOff, int length, byte[] out, int outOff) {
        System.arraycopy(in, inOff, out, outOff, length);
        return length;
    }

    @Override
    public void destroy() {
        // nothing is held
    }
}
