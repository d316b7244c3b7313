package dev.lockstep.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Eight bytes of an array as one number, in either order: what goes through bytes one by one does so an eighth as often.
 * Bounds are checked. Stateless, safe for any thread.
 */
public final class Words {
    private static final VarHandle LITTLE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Words() {}

    /**
     * Reads a number whose lowest byte stands first.
     *
     * @throws IndexOutOfBoundsException if the eight bytes are not inside the array
     */
    public static long little(byte[] b, int off) {
        return (long) LITTLE.get(b, off);
    }

    /**
     * Writes a number with its lowest byte first.
     *
     * @throws IndexOutOfBoundsException if the eight bytes are not inside the array
     */
    public static void putLittle(byte[] b, int off, long value) {
        LITTLE.set(b, off, value);
    }

    /**
     * Reads a number whose highest byte stands first.
     *
     * @throws IndexOutOfBoundsException if the eight bytes are not inside the array
     */
    public static long big(byte[] b, int off) {
        return (long) BIG.get(b, off);
    }

    /**
     * Writes a number with its highest byte first.
     *
     * @throws IndexOutOfBoundsException if the eight bytes are not inside the array
     */
    public static void putBig(byte[] b, int off, long value) {
        BIG.set(b, off, value);
    }
}
