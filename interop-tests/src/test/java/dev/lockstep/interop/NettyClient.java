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
import java.security.GeneralSecurityException;
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

    /** It turns tickets off. */
    @Override
    public Set<Resumption> resumptions() {
        return EnumSet.of(Resumption.ID);
    }

    @Override
    public boolean hasIdentity() {
        return true;
    }

    @Override
    public Service service() {
        return Service.ECHO;
    }

    @Override
    public Exchange talk(Target target, Visit visit) throws IOException, InterruptedException {
        NioEventLoopGroup group = new NioEventLoopGroup(1);
        try {
            CountingTrustManager trust = new CountingTrustManager(TrustFile.manager(target.trust()));
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .sslProvider(SslProvider.OPENSSL)
                    .trustManager(trust)
                    .protocols("TLSv1.2");
            KeyMaterial identity = visit.identity();
            if (identity != null) {
                builder.keyManager(identity.chain().toFile(), identity.key().toFile());
            }
            SslContext context = builder.build();
            try {
                StringBuilder said = new StringBuilder();
                for (int i = 0; i < visit.connections(); i++) {
                    said.append(talk(context, group, target, visit.payload())).append('\n');
                }
                return new Exchange(
                        Exchange.Outcome.COMPLETED, visit.resumes() && trust.chains() == 1, said.toString());
            } finally {
                ReferenceCountUtil.release(context);
            }
        } catch (ExecutionException e) {
            return new Exchange(TrustFile.refusalOr(e, Exchange.Outcome.FAILED), false, String.valueOf(e.getCause()));
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot read " + target.trust(), e);
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    /** One connection; what was agreed. */
    private static String talk(SslContext context, NioEventLoopGroup group, Target target, String payload)
            throws IOException, InterruptedException, ExecutionException {
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
        } catch (TimeoutException e) {
            throw new IOException("Netty did not end within " + TIMEOUT_SECONDS + " s", e);
        }
    }

    /** Sends, compares what comes back, closes and waits for the server's close_notify. */
    private static final class Conversation extends SimpleChannelInboundHandler<ByteBuf> {
        final CompletableFuture<String> result = new CompletableFuture<>();
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
                if (received.toString().equals(payload) && agreed.startsWith("TLSv1.2 ")) {
                    result.complete(agreed);
                } else {
                    fail(agreed + ": the echo differs, or the version");
                }
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
            fail(agreed + ": the connection ended without close_notify");
        }

        /** Without effect if the result is there. */
        private void fail(String reason) {
            result.completeExceptionally(new IOException(reason));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            result.completeExceptionally(cause);
            context.close();
        }
    }
}
