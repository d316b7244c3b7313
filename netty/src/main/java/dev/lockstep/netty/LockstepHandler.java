package dev.lockstep.netty;

import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.wait.Suspension;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.UnsupportedMessageTypeException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The server side of TLS 1.2 in a Netty pipeline, directly on {@link TlsServerConnection}: no {@code SSLEngine} is between
 * them, and while the private key, a session store or a verifier of certificates works outside, no thread waits. One handler
 * serves one channel and stands first in its pipeline:
 *
 * <pre>{@code
 * protected void initChannel(SocketChannel channel) {
 *     channel.pipeline().addLast(new LockstepHandler(config), new HttpServerCodec(), ...);
 * }
 * }</pre>
 *
 * <p><b>Events</b> are in Netty's own classes: {@code SslHandshakeCompletionEvent} when a handshake is complete, a later one
 * of the connection too, or has failed; {@code SslCloseCompletionEvent} at the end. A failure, a missing close_notify
 * included, is also given to {@code exceptionCaught}, as a {@link TlsException}; the handler closes the channel itself. For
 * ALPN use {@link ApplicationProtocolHandler}: Netty's {@code ApplicationProtocolNegotiationHandler} looks for an
 * {@code SslHandler}.
 *
 * <p><b>Writing.</b> Only {@link ByteBuf}s are written. What is written before the handshake is complete waits, and counts
 * for {@link Channel#isWritable}. A record that a handler in front does not take ends the connection: the client could open no
 * later one.
 *
 * <p><b>Reading.</b> The handler reads for handshakes itself where {@code autoRead} is off. A renegotiation may bring data too,
 * which are delivered; after 256 KiB that were not asked for, the next read is the application's. While a client sends more
 * than can be used, the handler holds reads back, also with {@code autoRead}, which stays as the application has set it.
 *
 * <p><b>End.</b> {@link Channel#close} sends what was written, then close_notify, and closes within {@link CloseLimits}. While a
 * renegotiation waits for its key, what was flushed waits too, and what was not flushed fails. A
 * client's close_notify is answered and closes the channel. If {@code outputAfterCloseNotify} of the configuration is set, it
 * becomes a {@link ChannelInputShutdownEvent}, and {@code close} or {@link #closeOutput} ends the other direction; where
 * clients close their direction of TCP too, the channel also needs {@code ChannelOption.ALLOW_HALF_CLOSURE}.
 *
 * <p><b>Time.</b> The deadlines of the configuration are kept on the channel's event loop. An idle connection has none: add
 * an {@code IdleStateHandler}.
 *
 * <p><b>Threads.</b> Methods may be called on any thread unless they say otherwise. Removing the handler from the pipeline
 * cancels what the connection waits for and clears its secrets without a word to the client.
 */
public final class LockstepHandler extends ChannelDuplexHandler {

    private final TlsServerConfig config;
    private final CloseLimits closeLimits;
    private final Promise<Channel> handshake = new OwnPromise();
    private final Promise<Channel> close = new OwnPromise();
    private @Nullable ChannelHandlerContext context;
    private @Nullable TlsPipe pipe;

    /** Creates a handler with {@link CloseLimits#DEFAULT}. */
    public LockstepHandler(TlsServerConfig config) {
        this(config, CloseLimits.DEFAULT);
    }

    /**
     * Creates a handler. The time for the handshake begins when it is in the pipeline of an active channel.
     *
     * @param config shared by any number of handlers; unless it has a client address, keys and verifiers learn the channel's
     */
    public LockstepHandler(TlsServerConfig config, CloseLimits closeLimits) {
        this.config = Objects.requireNonNull(config, "config");
        this.closeLimits = Objects.requireNonNull(closeLimits, "closeLimits");
    }

    // ---- for applications

    /**
     * Returns the future of the first handshake. It fails with a {@link TlsException}, or when the channel is closed
     * first.
     */
    public Future<Channel> handshakeFuture() {
        return handshake;
    }

    /**
     * Returns the future of the end: completed with the client's close_notify or when this side has closed in good order. It
     * fails when the connection has failed, the client's stream has ended without close_notify, or the handler was removed
     * before.
     */
    public Future<Channel> closeFuture() {
        return close;
    }

    /**
     * Returns what was negotiated by the last complete handshake; stays available after the end.
     *
     * @throws IllegalStateException before ServerHello
     */
    public ConnectionInfo info() {
        return connection().info();
    }

    /** Returns the name that ALPN has chosen; null before the handshake is complete, and without ALPN. */
    public @Nullable String applicationProtocol() {
        return handshake.isSuccess() ? info().applicationProtocol() : null;
    }

    /**
     * Returns what the connection waits for outside, since when and until when; null when it does not. On the event
     * loop.
     */
    public @Nullable Suspension suspension() {
        return connection().suspension();
    }

    /**
     * Returns about how many bytes the connection holds for its client, but for what the application has written. On
     * the event loop.
     */
    public int heldBytes() {
        return pipe().heldBytes();
    }

    /**
     * Returns the connection for what this class has no method for, such as channel bindings, exported keying material and
     * {@link TlsServerConnection#invalidateSession}. On the event loop only. Calls that move it or its bytes break the channel.
     */
    public TlsServerConnection connection() {
        return pipe().tls();
    }

    /**
     * Asks the client for another handshake (RFC 5246 &sect;7.4.1.1), for example because a resource needs a client
     * certificate.
     *
     * @return completed when that handshake is complete. It fails when the policy, its limits or the client do not permit one
     *     now, and with the connection. A client may ignore the request: how long to wait is the application's to decide
     */
    public Future<Channel> renegotiate() {
        Promise<Channel> promise = new OwnPromise();
        run(promise, open -> {
            if (!open.renegotiate(promise)) {
                promise.tryFailure(new IllegalStateException("no renegotiation is permitted now"));
            }
        });
        return promise;
    }

    /**
     * Sends what was flushed and then close_notify, and keeps reading: for protocols in which one side ends its stream before
     * the other. RFC 5246 &sect;7.2.1 lets a client drop what it has not sent yet, so both sides must agree on this use.
     *
     * @return completed when close_notify is sent, for every call; failed when the connection ends without it, or without what
     *     was flushed before
     */
    public ChannelFuture closeOutput() {
        ChannelPromise promise = context().newPromise();
        run(promise, open -> open.closeOutput(promise));
        return promise;
    }

    private void run(Promise<?> promise, Consumer<TlsPipe> task) {
        EventExecutor executor = context().executor();
        if (executor.inEventLoop()) {
            attempt(promise, pipe(), task);
            return;
        }
        executor.execute(() -> {
            TlsPipe open = pipe;
            if (open == null) {
                promise.tryFailure(notActive());
            } else {
                attempt(promise, open, task);
            }
        });
    }

    private static void attempt(Promise<?> promise, TlsPipe open, Consumer<TlsPipe> task) {
        try {
            task.accept(open);
        } catch (RuntimeException | Error e) {
            promise.tryFailure(e);
        }
    }

    // ---- for Netty

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        if (ctx.channel().isActive()) {
            begin(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        begin(ctx);
        ctx.fireChannelActive();
    }

    /** A handler that does not get as far must not leave the channel to those behind it, which would speak in plain text. */
    @SuppressWarnings("FutureReturnValueIgnored") // there is nothing to do about it
    private void begin(ChannelHandlerContext ctx) {
        if (pipe != null) {
            return;
        }
        try {
            TlsPipe opened = new TlsPipe(ctx, configFor(ctx.channel()), closeLimits, handshake, close);
            pipe = opened;
            opened.settle();
        } catch (RuntimeException | Error e) {
            handshake.tryFailure(e);
            close.tryFailure(e);
            ctx.close();
            throw e;
        }
    }

    private TlsServerConfig configFor(Channel channel) {
        InetAddress address = channel.remoteAddress() instanceof InetSocketAddress client ? client.getAddress() : null;
        return address == null || config.clientAddress() != null
                ? config
                : config.with(ConnectionOptions.NONE.withClientAddress(address));
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (pipe != null) {
            pipe.removed();
        } else { // of a channel that never was active
            ClosedChannelException cause = new ClosedChannelException();
            handshake.tryFailure(cause);
            close.tryFailure(cause);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (pipe != null && message instanceof ByteBuf bytes) {
            pipe.receive(bytes);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (pipe != null) {
            pipe.settle();
        }
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (pipe != null) {
            pipe.inactive();
        }
        ctx.fireChannelInactive();
    }

    /** The end of TCP's input is not that of TLS: the application is told of the latter. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (pipe != null && event instanceof ChannelInputShutdownEvent) {
            pipe.inputEnded();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    /** A connection that is ending is often reset by its client, which has no further use for it. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(pipe != null && pipe.isEnding() && cause instanceof IOException)) {
            ctx.fireExceptionCaught(cause);
        }
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (pipe != null) {
            pipe.read();
        } else {
            ctx.read();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (!(message instanceof ByteBuf bytes)) {
            UnsupportedMessageTypeException refusal = new UnsupportedMessageTypeException(message, ByteBuf.class);
            ReferenceCountUtil.safeRelease(message);
            promise.setFailure(refusal);
        } else if (pipe != null) {
            pipe.write(bytes, promise);
        } else {
            bytes.release();
            promise.setFailure(new IllegalStateException("the channel is not active"));
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (pipe != null) {
            pipe.flush();
        } else {
            ctx.flush();
        }
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (pipe != null && ctx.channel().isActive()) {
            pipe.close(promise);
        } else {
            ctx.close(promise);
        }
    }

    @Override
    public void disconnect(ChannelHandlerContext ctx, ChannelPromise promise) {
        close(ctx, promise);
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("the handler is in no pipeline");
        }
        return context;
    }

    private TlsPipe pipe() {
        if (pipe == null) {
            throw notActive();
        }
        return pipe;
    }

    private static IllegalStateException notActive() {
        return new IllegalStateException("the handler is not in the pipeline of an active channel");
    }

    /** A promise that exists before the handler has an executor. */
    private final class OwnPromise extends DefaultPromise<Channel> {

        @Override
        protected EventExecutor executor() {
            return context().executor();
        }

        @Override
        protected void checkDeadLock() {
            if (context != null) {
                super.checkDeadLock();
            }
        }
    }
}
