package dev.lockstep.netty;

import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CoalescingBufferQueue;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

/**
 * What the application has written and the connection has not sealed yet. It counts as pending output of the channel, so that
 * {@code isWritable} of the channel knows of it. Small buffers share a record; large ones are sealed where they are.
 */
final class WriteQueue {

    /** How much is sealed into one buffer: four full records. */
    private static final int CHUNK = 4 * TlsServerConnection.APPLICATION_BUFFER_SIZE;

    /** Room for the headers, nonces, MACs and padding of a chunk's records; short records need several buffers. */
    private static final int OVERHEAD = 512;

    private static final int INITIAL = 4;

    private final ChannelHandlerContext context;
    private final CoalescingBufferQueue queue;

    /** A part of the stream is out of the queue and not sealed yet: whatever is sealed meanwhile would overtake it. */
    private boolean sealing;

    WriteQueue(ChannelHandlerContext context) {
        this.context = context;
        this.queue = new CoalescingBufferQueue(context.channel(), INITIAL, true);
    }

    void add(ByteBuf data, ChannelPromise promise) {
        queue.add(data, promise);
    }

    boolean isEmpty() {
        return queue.isEmpty() && !sealing;
    }

    /**
     * Seals as much as the connection takes now, and hands it to {@code output}. The channel tells at once when that makes it
     * unwritable, and a handler may then flush or close, from within: the call that is under way takes what is added meanwhile
     * too.
     *
     * @return whether everything was sealed; the rest waits for a renegotiation, or for the call that is under way
     * @throws TlsException when the connection has failed; the caller fails the rest of the queue. So it does after a
     *     {@code RuntimeException} or an {@code Error}, which has lost a part of the stream
     */
    boolean seal(TlsServerConnection tls, NetOutput output) throws TlsException {
        if (sealing) {
            return false;
        }
        sealing = true;
        try {
            return sealInOrder(tls, output);
        } finally {
            sealing = false;
        }
    }

    private boolean sealInOrder(TlsServerConnection tls, NetOutput output) throws TlsException {
        while (!queue.isEmpty()) {
            ChannelPromise promise = context.newPromise();
            ByteBuf data = queue.remove(CHUNK, promise);
            boolean sealed = false;
            try {
                sealed = seal(tls, data, output);
                if (sealed) {
                    output.handLast(promise);
                }
            } catch (ClosedChannelException e) {
                ReferenceCountUtil.safeRelease(data);
                promise.tryFailure(e);
                continue; // the rest fails as this did
            } catch (TlsException
                    | RuntimeException
                    | Error e) { // the last two: no memory, or a buffer that was released
                ReferenceCountUtil.safeRelease(data);
                promise.tryFailure(e);
                throw e;
            }
            if (!sealed) {
                queue.addFirst(data, promise);
                return false;
            }
            data.release();
        }
        return true;
    }

    private static boolean seal(TlsServerConnection tls, ByteBuf data, NetOutput output)
            throws TlsException, ClosedChannelException {
        if (!data.isReadable()) {
            return true;
        }
        ByteBuffer[] sources = data.nioBuffers();
        int readable = data.readableBytes();
        output.grow(readable + OVERHEAD);
        while (true) {
            ByteBuffer room = output.room();
            StepResult result = tls.write(sources, room);
            output.filled(room);
            switch (result) {
                case ESTABLISHED -> {
                    return true;
                }
                case NEED_OUTPUT -> {
                    output.handPart();
                    output.grow(Math.min(CHUNK, 2 * left(sources)) + OVERHEAD);
                }
                case CLOSED -> throw new ClosedChannelException();
                default -> {
                    data.skipBytes(readable - left(sources));
                    return false;
                }
            }
        }
    }

    private static int left(ByteBuffer[] sources) {
        int left = 0;
        for (ByteBuffer source : sources) {
            left += source.remaining();
        }
        return left;
    }

    void failAll(Throwable cause) {
        queue.releaseAndFailAll(cause);
    }
}
