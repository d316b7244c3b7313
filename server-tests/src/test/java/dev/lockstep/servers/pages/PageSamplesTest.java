package dev.lockstep.servers.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.servers.pages.Sample.Form;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every block of Java in the pages compiles. The README's first one and those of the page for users of Mbed TLS also run, in tests of
 * their own.
 */
class PageSamplesTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Set<String> TESTED_ELSEWHERE = Set.of(
            "README.md 0",
            "docs/guide/porting-from-mbedtls.md 0",
            "docs/guide/porting-from-mbedtls.md 1",
            "docs/guide/porting-from-mbedtls.md 2",
            "docs/guide/porting-from-mbedtls.md 3",
            "docs/guide/porting-from-mbedtls.md 4");

    private static final String EMBEDDING = "docs/guide/embedding.md";
    private static final String NETTY = "io.netty.channel.*";

    private static final List<Sample> SAMPLES = List.of(
            plain("README.md", 1, ""),
            plain("docs/protocols/keyserver-protocol.md", 0, ""),
            plain("docs/guide/sessions.md", 0, ""),
            plain("docs/guide/sessions.md", 1, ""),
            plain("docs/guide/keys.md", 0, "KeyService service;"),
            plain("docs/guide/keys.md", 1, ""),
            plain("docs/guide/client-authentication.md", 0, "List<java.security.cert.X509Certificate> authorities;"),
            plain("docs/guide/client-authentication.md", 1, ""),
            new Sample(
                    EMBEDDING,
                    0,
                    Form.MEMBERS,
                    List.of(NETTY, "io.netty.channel.socket.SocketChannel"),
                    "static class MyHandler extends ChannelInboundHandlerAdapter {}"),
            new Sample(
                    EMBEDDING,
                    1,
                    Form.STATEMENTS,
                    List.of(
                            NETTY,
                            "io.netty.channel.socket.SocketChannel",
                            "io.netty.handler.codec.http.HttpServerCodec",
                            "io.netty.handler.codec.http2.*"),
                    "SocketChannel channel; ChannelHandler child;"),
            new Sample(
                    EMBEDDING,
                    2,
                    Form.STATEMENTS,
                    List.of(
                            "io.vertx.core.http.HttpServerOptions",
                            "io.vertx.core.net.*",
                            "io.vertx.core.spi.tls.SslContextFactory"),
                    ""),
            new Sample(
                    EMBEDDING,
                    3,
                    Form.STATEMENTS,
                    List.of("io.grpc.*", "io.grpc.netty.NettyServerBuilder"),
                    "BindableService service;"),
            new Sample(
                    EMBEDDING,
                    4,
                    Form.STATEMENTS,
                    List.of(
                            "org.eclipse.jetty.io.*",
                            "org.eclipse.jetty.io.ssl.SslConnection",
                            "org.eclipse.jetty.server.*",
                            "org.eclipse.jetty.util.ssl.SslContextFactory"),
                    ""),
            new Sample(
                    EMBEDDING,
                    5,
                    Form.STATEMENTS,
                    List.of(
                            "org.apache.catalina.connector.Connector",
                            "org.apache.tomcat.util.net.*",
                            "org.apache.tomcat.util.net.SSLHostConfigCertificate.Type",
                            "dev.lockstep.servers.TomcatServer.Adapted",
                            "javax.net.ssl.SSLContext"),
                    "Connector connector;"),
            new Sample(
                    EMBEDDING,
                    6,
                    Form.STATEMENTS,
                    List.of("com.sun.net.httpserver.*"),
                    "java.net.InetSocketAddress address; int backlog;"),
            new Sample(
                    EMBEDDING,
                    7,
                    Form.STATEMENTS,
                    List.of("io.undertow.*", "io.undertow.server.HttpHandler"),
                    "HttpHandler handler;"),
            new Sample(EMBEDDING, 8, Form.TYPE, List.of("org.apache.kafka.common.security.auth.SslEngineFactory"), ""));

    @TempDir
    Path directory;

    private static Sample plain(String page, int place, String members) {
        return new Sample(page, place, Form.STATEMENTS, List.of(), members);
    }

    private static List<String> blocks(String page) throws IOException {
        Matcher block = BLOCK.matcher(Files.readString(ROOT.resolve(page)));
        List<String> blocks = new ArrayList<>();
        while (block.find()) {
            blocks.add(block.group(1));
        }
        return blocks;
    }

    @Test
    void everyBlockOfEveryPageIsTested() throws IOException {
        Set<String> there = new TreeSet<>();
        try (Stream<Path> files = Stream.concat(Files.walk(ROOT.resolve("docs")), Files.list(ROOT))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".md")).toList()) {
                String page = ROOT.relativize(file).toString();
                for (int i = 0; i < blocks(page).size(); i++) {
                    there.add(page + " " + i);
                }
            }
        }
        Set<String> tested =
                SAMPLES.stream().map(each -> each.page() + " " + each.place()).collect(Collectors.toSet());
        tested.addAll(TESTED_ELSEWHERE);
        assertThat(there).isEqualTo(tested);
    }

    @Test
    void everySampleCompiles() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Sample sample : SAMPLES) {
            String code = sample.around(blocks(sample.page()).get(sample.place()));
            Path own = Files.createDirectories(directory.resolve(sample.name()));
            sources.add(Files.writeString(own.resolve(sample.name() + ".java"), code));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter errors = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options =
                    List.of("-proc:none", "-d", directory.toString(), "-cp", System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(
                            errors, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(compiled).as(errors.toString()).isTrue();
        }
    }
}
