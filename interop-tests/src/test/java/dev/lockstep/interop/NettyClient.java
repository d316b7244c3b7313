package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Service;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/** Netty with netty-tcnative, which is BoringSSL, in this JVM. */
final class NettyClient implements Peer {
    private static final int TIMEOUT_SECONDS = 30;

    @Override
    public String name() {
        return "netty-tcnative";
    }

    @Override
    public void require() {
        // It comes as a dependency.
    }

    @Override
    public Set<KeyKind> kinds() {
        return EnumSet.of(KeyKind.RSA_2048, KeyKind.RSA_4096, KeyKind.P256, KeyKind.P384);
    }

    @Override
    public Service service() {
        return Service.ECHO;
    }

    @Override
    public Exchange talk(Target target, String payload) throws IOException, InterruptedException {
        SslContext context = SslContextBuilder.forClient()
                .sslProvider(SslProvider.OPENSSL)
                .trustManager(target.trust().toFile())
                .protocols("TLSv1.2")
                .build();
        NioEventLoopGroup group = new NioEventLoopGroup(1);
        try {
            return talk(context, group, target, payload);
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            ReferenceCountUtil.release(context);
        }
    }

    private static Exchange talk(SslContext context, NioEventLoopGroup group, Target target, String payload)
            throws IOException, InterruptedException {
        Conversation conversation = new Conversation(payload);
        Bootstrap bootstrap = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        SslHandler tls = context.newHandler(channel.alloc(), target.host(), target.port());
                        SSLParameters parameters = tls.engine().getSSLParameters();
                        parameters.setEndpointIdentificationAlgorithm("HTTPS");
                        tls.engine().setSSLParameters(parameters);
                        channel.pipeline().addLast(tls, conversation);
                    }
                });
        bootstrap.connect("127.0.0.1", target.port()).sync();
        try {
            return conversation.result.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return new Exchange(TrustFile.refusalOr(e, Exchange.Outcome.FAILED), String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            throw new IOException("Netty did not end within " + TIMEOUT_SECONDS + " s", e);
        }
    }

    /** Sends, compares what comes back, closes and waits for the server's close_notify. */
    private static final class Conversation extends SimpleChannelInboundHandler<ByteBuf> {
        final CompletableFuture<Exchange> result = new CompletableFuture<>();
        private final String payload;
        private final StringBuilder received = new StringBuilder();
        private String agreed = "";

        Conversation(String payload) {
            this.payload = payload;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake) {
                if (!handshake.isSuccess()) {
                    result.completeExceptionally(handshake.cause());
                    return;
                }
                SSLEngine engine = context.pipeline().get(SslHandler.class).engine();
                SSLSession session = engine.getSession();
                agreed = session.getProtocol() + " " + session.getCipherSuite();
                context.writeAndFlush(Unpooled.copiedBuffer(payload, StandardCharsets.US_ASCII));
            } else if (event instanceof SslCloseCompletionEvent close && close.isSuccess()) {
                boolean good = received.toString().equals(payload) && agreed.startsWith("TLSv1.2 ");
                result.complete(new Exchange(good ? Exchange.Outcome.COMPLETED : Exchange.Outcome.FAILED, agreed));
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf data) {
            received.append(data.toString(StandardCharsets.US_ASCII));
            if (received.length() >= payload.length()) {
                context.pipeline().get(SslHandler.class).closeOutbound();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            result.complete(new Exchange(Exchange.Outcome.FAILED, agreed + ": the connection ended without an alert"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            result.completeExceptionally(cause);
            context.close();
        }
    }
}
