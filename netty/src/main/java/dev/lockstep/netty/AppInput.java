package dev.lockstep.netty;

import dev.lockstep.tls.TlsServerConnection;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Application data on its way up the pipeline: the records of one read share a buffer. */
final class AppInput {

    private static final int MOST = 4 * TlsServerConnection.APPLICATION_BUFFER_SIZE;

    private final ChannelHandlerContext context;
    private @Nullable ByteBuf opened;

    AppInput(ChannelHandlerContext context) {
        this.context = context;
    }

    /** Returns room for plaintext, in write mode: what is left of the buffer, possibly nothing. */
    ByteBuffer room() {
        ByteBuf buffer = opened;
        return buffer == null
                ? NetOutput.NO_ROOM
                : buffer.internalNioBuffer(buffer.writerIndex(), buffer.capacity() - buffer.writerIndex());
    }

    /** Keeps what was written into the room. */
    void filled(ByteBuffer room) {
        ByteBuf buffer = opened;
        if (buffer != null) {
            buffer.writerIndex(buffer.capacity() - room.remaining());
        }
    }

    int length() {
        return opened == null ? 0 : opened.readableBytes();
    }

    /**
     * Makes room in a new buffer. No record opens to more than it has, so that what was received bounds what is needed.
     *
     * @param received how many bytes wait in the input, of which a whole record is the first part
     */
    void grow(int received) {
        if (opened == null) {
            opened = context.alloc().buffer(Math.min(received, MOST));
        }
    }

    /** Delivers the first {@code bytes} of what was opened. Must not be called while {@link #room} is in use. */
    void deliver(int bytes) {
        ByteBuf buffer = opened;
        if (buffer == null) {
            return;
        }
        if (bytes == buffer.readableBytes()) {
            opened = null;
        }
        if (bytes > 0) {
            context.fireChannelRead(opened == null ? buffer : buffer.readRetainedSlice(bytes));
        } else if (opened == null) {
            buffer.release();
        }
    }

    void release() {
        ByteBuf buffer = opened;
        opened = null;
        if (buffer != null) {
            buffer.release();
        }
    }
}
