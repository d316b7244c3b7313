package dev.lockstep.netty;

import dev.lockstep.tls.TlsServerConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What was received and is not used yet. A buffer that arrives when nothing is left of the one before is used where it is;
 * only behind the beginning of a record are bytes copied.
 */
final class NetInput {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private @Nullable ByteBuf received;

    /** Takes over a buffer. */
    void add(ByteBufAllocator allocator, ByteBuf buffer) {
        if (!buffer.isReadable()) {
            buffer.release();
            return;
        }
        ByteBuf usable = buffer.nioBufferCount() == 1 ? buffer : copy(allocator, buffer);
        received =
                received == null ? usable : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, received, usable);
    }

    private static ByteBuf copy(ByteBufAllocator allocator, ByteBuf buffer) {
        try {
            return allocator.buffer(buffer.readableBytes()).writeBytes(buffer);
        } finally {
            buffer.release();
        }
    }

    int length() {
        return received == null ? 0 : received.readableBytes();
    }

    /** Tells whether there is as much as one record can have, so that more need not be read before it is used. */
    boolean isFull() {
        return length() >= TlsServerConnection.NETWORK_BUFFER_SIZE;
    }

    /** Returns the bytes, in read mode; give it to {@link #used} before anything else is called. */
    ByteBuffer view() {
        ByteBuf buffer = received;
        return buffer == null ? NOTHING : buffer.internalNioBuffer(buffer.readerIndex(), buffer.readableBytes());
    }

    /** Drops what was taken from the view. */
    void used(ByteBuffer view) {
        ByteBuf buffer = received;
        if (buffer != null) {
            buffer.readerIndex(buffer.writerIndex() - view.remaining());
            if (!buffer.isReadable()) {
                release();
            }
        }
    }

    /** Moves the beginning of a record to the front of its buffer, so that the buffer does not grow. */
    void compact() {
        if (received != null && received.refCnt() == 1 && !received.isReadOnly()) {
            received.discardSomeReadBytes();
        }
    }

    void release() {
        ByteBuf buffer = received;
        received = null;
        if (buffer != null) {
            buffer.release();
        }
    }
}
