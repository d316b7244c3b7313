package dev.lockstep.jmh.sockets;

import dev.lockstep.netty.LockstepSslContext;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.session.TicketKeyRing;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/** An HTTP server of Netty with one page and one event loop, in a process of its own. */
public final class NettyServer {
    private static final int BACKLOG = 4096;
    private static final String TYPE = "text/html; charset=utf-8";

    private NettyServer() {}

    /** What is under HTTP. */
    enum Tls {
        JDK("the JDK's engine"),
        TCNATIVE("tcnative"),
        LOCKSTEP("Lockstep");

        private final String title;

        Tls(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /**
     * Serves until it is ended.
     *
     * @param args engine, port, files of the certificate and of its key
     */
    public static void main(String[] args) throws IOException, GeneralSecurityException, InterruptedException {
        X509Certificate certificate;
        try (InputStream in = Files.newInputStream(Path.of(args[2]))) {
            certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
        SslContext context = context(Tls.valueOf(args[0]), key(Path.of(args[3])), certificate);
        ByteBuf page = page();
        NioEventLoopGroup loops = new NioEventLoopGroup(1);
        try {
            new ServerBootstrap()
                    .group(loops)
                    .channel(NioServerSocketChannel.class)
                    .option(ChannelOption.SO_BACKLOG, BACKLOG)
                    .childHandler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {
                            channel.pipeline()
                                    .addLast(
                                            context.newHandler(channel.alloc()), new HttpServerCodec(), new Page(page));
                        }
                    })
                    .bind(Site.HOST, Integer.parseInt(args[1]))
                    .sync()
                    .channel()
                    .closeFuture()
                    .sync();
        } finally {
            loops.shutdownGracefully().sync();
        }
    }

    private static SslContext context(Tls tls, PrivateKey key, X509Certificate certificate) throws IOException {
        if (tls == Tls.LOCKSTEP) {
            return LockstepSslContext.of(TlsServerConfig.builder()
                    .credential(Credential.local(List.of(certificate), key))
                    .cipherSuites(List.of(Objects.requireNonNull(CipherSuite.of(Site.SCENARIO.suiteCode()))))
                    .groups(Site.SCENARIO.groups().stream()
                            .map(code -> Objects.requireNonNull(NamedGroup.of(code)))
                            .toList())
                    .tickets(TicketKeyRing.rotating(Duration.ofHours(1), Duration.ofHours(4)))
                    .build());
        }
        SslContextBuilder builder = SslContextBuilder.forServer(key, certificate)
                .protocols("TLSv1.2")
                .ciphers(List.of(Site.SCENARIO.suite()));
        if (tls == Tls.JDK) {
            return builder.sslProvider(SslProvider.JDK).build(); // tickets are its default
        }
        SslContext context = builder.sslProvider(SslProvider.OPENSSL_REFCNT)
                .option(OpenSslContextOption.GROUPS, Site.SCENARIO.groupNames().toArray(new String[0]))
                .build();
        OpenSslSessionContext sessions = (OpenSslSessionContext) context.sessionContext();
        sessions.setSessionCacheEnabled(false);
        sessions.setTicketKeys(new OpenSslSessionTicketKey(
                random(OpenSslSessionTicketKey.NAME_SIZE),
                random(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
                random(OpenSslSessionTicketKey.AES_KEY_SIZE)));
        return context;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static PrivateKey key(Path pem) throws IOException, GeneralSecurityException {
        String text = Files.readString(pem).replaceAll("-----[A-Z ]+-----", "");
        return KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(text)));
    }

    private static ByteBuf page() {
        int head = ("HTTP/1.1 200 OK\r\ncontent-type: " + TYPE + "\r\ncontent-length: 999\r\n\r\n").length();
        byte[] body = Site.body(Site.ANSWER - head).getBytes(StandardCharsets.US_ASCII);
        return Unpooled.unreleasableBuffer(Unpooled.directBuffer(body.length).writeBytes(body));
    }

    private static final class Page extends SimpleChannelInboundHandler<HttpObject> {
        private final ByteBuf page;

        Page(ByteBuf page) {
            this.page = page;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
            if (part instanceof LastHttpContent) {
                FullHttpResponse answer =
                        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, page.duplicate());
                answer.headers()
                        .set(HttpHeaderNames.CONTENT_TYPE, TYPE)
                        .setInt(HttpHeaderNames.CONTENT_LENGTH, page.readableBytes());
                context.writeAndFlush(answer, context.voidPromise());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
