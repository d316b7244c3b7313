package dev.lockstep.tls.internal.record;

/**
 * Heap arrays per thread for records whose buffers have no accessible array (direct or read-only), or too little room
 * for a cipher to work in.
 *
 * <p>They belong to the thread and not to the connection, so that ten thousand idle connections hold none. Input
 * and output have one each, since AES-GCM opens at half speed when they share an array. Valid only during one call into this package;
 * {@link Protection} wipes what plaintext it leaves in them. With heap buffers there is only the one that the JDK's ChaCha20 opens
 * from. A virtual thread has its own, like any other.
 */
final class Scratch {
    /** Room for the longest record there is, header included. */
    static final int SIZE = RecordHeader.LENGTH + RecordHeader.MAX_CIPHERTEXT;

    private static final ThreadLocal<byte[]> INPUT = ThreadLocal.withInitial(() -> new byte[SIZE]);
    private static final ThreadLocal<byte[]> OUTPUT = ThreadLocal.withInitial(() -> new byte[SIZE]);
    private static final ThreadLocal<byte[]> GATHERED =
            ThreadLocal.withInitial(() -> new byte[RecordHeader.MAX_PLAINTEXT]);

    private Scratch() {}

    /** This thread's array for what a cipher reads. */
    static byte[] input() {
        return INPUT.get();
    }

    /** This thread's array for what a cipher writes. */
    static byte[] output() {
        return OUTPUT.get();
    }

    /** This thread's array for the plaintext of a record that comes from several buffers. */
    static byte[] gathered() {
        return GATHERED.get();
    }
}
