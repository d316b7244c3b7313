package dev.lockstep.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.DelayedKey;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.keys.WorkerPools;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.util.Needed;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Netty's own HTTP codecs behind the handler, chosen by ALPN, and curl as their client. */
@Timeout(60)
class Http2Test {

    private static final int PAGE = 3 << 20;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"--http2, 2", "--http1.1, 1.1", "--no-alpn, 1.1"})
    void curlGetsThePageByTheProtocolThatAlpnChose(String option, String version) throws Exception {
        Needed.programs("curl", "curl");
        KeyPair keys = TestAuthority.keyPair("EC", "secp256r1");
        TestAuthority authority = TestAuthority.root("Netty test", Instant.now());
        ScheduledExecutorService scheduler = WorkerPools.scheduler(1);
        DelayedKey key =
                DelayedKey.of(InMemoryKey.of(keys.getPrivate(), new SecureRandom()), Duration.ofMillis(50), scheduler);
        TlsServerConfig config =
                TestServers.live(Credential.external(List.of(authority.server(keys.getPublic(), "localhost")), key))
                        .toBuilder()
                        .applicationProtocols(List.of("h2", "http/1.1"))
                        .build();
        Path trust = directory.resolve("ca.pem");
        Files.writeString(
                trust,
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(authority.certificate().getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        try (NioServer server =
                new NioServer(channel -> channel.pipeline().addLast(new LockstepHandler(config), new Chosen()))) {
            String url = "https://localhost:" + server.address().getPort() + "/";
            // Two pages over one connection, then one over another.
            String printed = curl(trust, option, url, url);
            assertThat(printed).isEqualTo((version + "," + PAGE + "\n").repeat(2));
            assertThat(curl(trust, option, url)).isEqualTo(version + "," + PAGE + "\n");
        } finally {
            scheduler.shutdownNow();
        }
    }

    private static String curl(Path trust, String option, String... urls) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "curl",
                "--disable",
                "--silent",
                "--show-error",
                "--noproxy",
                "*",
                "--cacert",
                trust.toString(),
                option));
        command.addAll(List.of("--resolve", "localhost:" + urls[0].replaceAll("\\D", "") + ":127.0.0.1"));
        command.addAll(List.of("--write-out", "%{http_version},%{size_download}\\n"));
        for (String url : urls) {
            command.addAll(List.of("--output", "/dev/null", url));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return printed;
    }

    /** Puts the codec of the chosen protocol into the pipeline. */
    private static final class Chosen extends ApplicationProtocolHandler {
        Chosen() {
            super("http/1.1");
        }

        @Override
        protected void configure(ChannelHandlerContext context, String protocol) {
            ChannelPipeline pipeline = context.pipeline();
            if (protocol.equals("h2")) {
                pipeline.addLast(Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(new Page2()));
            } else {
                pipeline.addLast(new HttpServerCodec(), new HttpObjectAggregator(1000), new Page1());
            }
        }
    }

    private static final class Page1 extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            DefaultFullHttpResponse page = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.OK,
                    Unpooled.buffer(PAGE).writeZero(PAGE));
            page.headers().set(HttpHeaderNames.CONTENT_LENGTH, PAGE);
            context.writeAndFlush(page);
        }
    }

    @Sharable
    private static final class Page2 extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object frame) {
            if (frame instanceof Http2HeadersFrame headers && headers.isEndStream()) {
                context.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")));
                context.writeAndFlush(
                        new DefaultHttp2DataFrame(Unpooled.buffer(PAGE).writeZero(PAGE), true));
            }
            ReferenceCountUtil.release(frame);
        }
    }
}
