package dev.lockstep.tls;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Set;

/** Checks of the caller's buffers, made before a call changes anything: misuse must not end a connection. */
@SuppressWarnings("ReferenceEquality") // which buffer it is matters, and not what is in it
final class BufferChecks {

    /** Up to this length a list is compared pair by pair, which is fast and allocates nothing. */
    private static final int SHORT_LIST = 16;

    private BufferChecks() {}

    static void requireOutput(ByteBuffer out, String name) {
        if (Objects.requireNonNull(out, name).isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
    }

    /** Requires a source, and a destination that can be written and is not the same memory. */
    static void require(ByteBuffer in, String inName, ByteBuffer out, String outName) {
        Objects.requireNonNull(in, inName);
        requireOutput(out, outName);
        if (overlap(in, out)) {
            throw new IllegalArgumentException(inName + " and " + outName + " overlap");
        }
    }

    /** As {@link #require} for each source; none may be there twice, since its position would be moved twice. */
    static void requireAll(ByteBuffer[] in, String inName, ByteBuffer out, String outName) {
        Objects.requireNonNull(in, inName);
        requireOutput(out, outName);
        Set<ByteBuffer> seen =
                in.length <= SHORT_LIST ? Set.of() : Collections.newSetFromMap(new IdentityHashMap<>(in.length));
        for (int i = 0; i < in.length; i++) {
            if (in[i] == null) {
                throw new NullPointerException(inName + "[" + i + "]");
            }
            if (overlap(in[i], out)) {
                throw new IllegalArgumentException(inName + "[" + i + "] and " + outName + " overlap");
            }
            boolean twice = in.length <= SHORT_LIST ? isBefore(in, i) : !seen.add(in[i]);
            if (twice && in[i].hasRemaining()) {
                throw new IllegalArgumentException(inName + "[" + i + "] is there twice");
            }
        }
    }

    private static boolean isBefore(ByteBuffer[] in, int index) {
        for (int i = 0; i < index; i++) {
            if (in[i] == in[index]) {
                return true;
            }
        }
        return false;
    }

    /** Tells whether two buffers are one or share bytes of one array; memory of other kinds does not say where it is. */
    private static boolean overlap(ByteBuffer in, ByteBuffer out) {
        if (in == out) {
            return in.hasRemaining();
        }
        return in.hasArray()
                && out.hasArray()
                && in.array() == out.array()
                && in.arrayOffset() + in.position() < out.arrayOffset() + out.limit()
                && out.arrayOffset() + out.position() < in.arrayOffset() + in.limit();
    }
}
