package dev.lockstep.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sealed records on their way to the channel. They are written into buffers that the channel can send as they are, and
 * handed over in order when a buffer is full or a call has ended.
 */
final class NetOutput {

    /** For a call that is not expected to send anything. */
    static final ByteBuffer NO_ROOM = ByteBuffer.allocate(0);

    /** The least room that every record finds, and a server's flight without its certificates. */
    private static final int SMALL = 2048;

    /** How much of handshakes and alerts may wait in the channel before the connection makes no more of it. */
    private static final int MOST_UNSENT = 1 << 16;

    private final ChannelHandlerContext context;
    private final Runnable onRoom;
    private final Consumer<Throwable> onLost;

    /** One for all records of the application, which cost no object more each. */
    private final ChannelFutureListener lossWatch = this::watchLoss;

    private int unsent;
    private @Nullable ByteBuf filling;
    private boolean written;

    /**
     * @param onRoom runs when {@link #isBlocked} has become false
     * @param onLost takes the reason when a handler of the application or the channel has not taken a record
     */
    NetOutput(ChannelHandlerContext context, Runnable onRoom, Consumer<Throwable> onLost) {
        this.context = context;
        this.onRoom = onRoom;
        this.onLost = onLost;
    }

    /**
     * Tells whether the client does not read what it is sent. What the application writes is not counted: the application
     * looks at the channel's writability.
     */
    boolean isBlocked() {
        return unsent > MOST_UNSENT;
    }

    /** Returns room for records, in write mode: what is left of the last buffer, possibly nothing. */
    ByteBuffer room() {
        ByteBuf buffer = filling;
        return buffer == null
                ? NO_ROOM
                : buffer.internalNioBuffer(buffer.writerIndex(), buffer.capacity() - buffer.writerIndex());
    }

    /** Keeps what was written into the room. */
    void filled(ByteBuffer room) {
        ByteBuf buffer = filling;
        if (buffer != null) {
            buffer.writerIndex(buffer.capacity() - room.remaining());
        }
    }

    /** Makes room for {@code bytes} at least. */
    void grow(int bytes) {
        while (filling != null) { // what the channel tells of this may call back in, and begin another
            hand();
        }
        filling = context.alloc().ioBuffer(Math.max(SMALL, bytes));
    }

    void grow() {
        grow(SMALL);
    }

    /** Hands everything to the channel. */
    private void hand() {
        ByteBuf buffer = take();
        if (buffer != null) {
            writeCounted(buffer);
            written = true;
        }
    }

    /** Hands everything to the channel, as a part of what the application has written: it looks after that itself. */
    void handPart() {
        ByteBuf buffer = take();
        if (buffer != null) {
            context.write(buffer).addListener(lossWatch);
            written = true;
        }
    }

    /** As {@link #handPart}, and completes {@code promise} when it is sent. */
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    void handLast(ChannelPromise promise) {
        ByteBuf buffer = take();
        if (buffer != null) {
            context.write(buffer, promise).addListener(lossWatch);
        } else {
            context.write(Unpooled.EMPTY_BUFFER, promise);
        }
        written = true;
    }

    /** Returns the buffer that is being filled, if there is anything in it. */
    private @Nullable ByteBuf take() {
        ByteBuf buffer = filling;
        filling = null;
        if (buffer == null || buffer.isReadable()) {
            return buffer;
        }
        buffer.release();
        return null;
    }

    private void watchLoss(ChannelFuture sent) {
        if (!sent.isSuccess()) {
            Confined.run(context, () -> noteLoss(sent));
        }
    }

    private void writeCounted(ByteBuf buffer) {
        int bytes = buffer.readableBytes();
        unsent += bytes;
        context.write(buffer)
                .addListener(sent -> Confined.run(context, () -> {
                    boolean wasBlocked = isBlocked();
                    unsent -= bytes;
                    noteLoss(sent);
                    if (wasBlocked && !isBlocked()) {
                        onRoom.run();
                    }
                }));
    }

    /**
     * A record that was not taken is a hole in the stream, and the client can open none of the later ones. It is none where
     * the channel is closed or has sent all that it will. The end comes later: this may run in the middle of a call.
     */
    private void noteLoss(Future<?> sent) {
        Throwable cause = sent.cause();
        boolean sends = context.channel().isActive()
                && !(context.channel() instanceof DuplexChannel duplex && duplex.isOutputShutdown());
        if (cause != null && sends && !context.isRemoved()) {
            context.executor().execute(() -> onLost.accept(cause));
        }
    }

    /** Hands everything to the channel, and flushes if anything was handed over since the last flush. */
    void flush() {
        hand();
        if (written) {
            written = false;
            context.flush();
        }
    }

    /** Hands everything to the channel, and flushes whatever others have written too. */
    void flushAll() {
        hand();
        written = false;
        context.flush();
    }

    void release() {
        ByteBuf buffer = filling;
        filling = null;
        if (buffer != null) {
            buffer.release();
        }
    }
}
