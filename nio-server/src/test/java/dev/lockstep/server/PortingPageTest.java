package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.server.porting.Card;
import dev.lockstep.server.porting.SoftwareCard;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import java.io.Closeable;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Java of {@code docs/guide/porting-from-mbedtls.md}, taken from the page, compiled, and used for handshakes. */
@Timeout(120)
class PortingPageTest {

    private static final Path PAGE = Path.of("../docs/guide/porting-from-mbedtls.md");
    private static final Path CARD = Path.of("src/test/java/dev/lockstep/server/porting/Card.java");

    /** What the page leaves out. */
    private static final String IMPORTS = List.of(
                    "dev.lockstep.keys.CallbackKey",
                    "dev.lockstep.server.porting.Card",
                    "dev.lockstep.tls.*",
                    "dev.lockstep.tls.config.TlsServerConfig",
                    "dev.lockstep.tls.credential.*",
                    "dev.lockstep.tls.key.*",
                    "dev.lockstep.tls.spec.SignatureScheme",
                    "dev.lockstep.tls.wait.*",
                    "java.io.*",
                    "java.nio.ByteBuffer",
                    "java.nio.channels.*",
                    "java.security.PrivateKey",
                    "java.security.cert.X509Certificate",
                    "java.util.*",
                    "java.util.concurrent.ConcurrentLinkedQueue")
            .stream()
            .map(name -> "import " + name + ";\n")
            .reduce("package dev.lockstep.server;\n", String::concat);

    @TempDir
    static Path directory;

    private static URLClassLoader page;
    private static ThrowawayCa ca;
    private static KeyPair rsa;
    private static KeyPair ec;
    private static SSLContext trusting;

    private static List<String> blocks() throws Exception {
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        List<String> blocks = new ArrayList<>();
        while (block.find()) {
            blocks.add(block.group(1));
        }
        return blocks;
    }

    @BeforeAll
    static void compileThePage() throws Exception {
        List<Path> sources = new ArrayList<>();
        for (String block : blocks()) {
            Matcher name =
                    Pattern.compile("^final class (\\w+)", Pattern.MULTILINE).matcher(block);
            if (name.find()) {
                sources.add(Files.writeString(directory.resolve(name.group(1) + ".java"), IMPORTS + block));
            }
        }
        assertThat(sources).hasSize(4);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter errors = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            Path classes = Files.createDirectory(directory.resolve("classes"));
            boolean compiled = compiler.getTask(
                            errors,
                            files,
                            null,
                            List.of(
                                    "--release",
                                    "17",
                                    "-proc:none",
                                    "-d",
                                    classes.toString(),
                                    "-cp",
                                    System.getProperty("java.class.path")),
                            null,
                            files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(compiled).as(errors.toString()).isTrue();
            page = new URLClassLoader(new URL[] {classes.toUri().toURL()}, PortingPageTest.class.getClassLoader());
        }
        ca = new ThrowawayCa(Instant.now());
        rsa = ca.rsa();
        ec = ca.ec();
        trusting = TestClients.trusting(ca);
    }

    @AfterAll
    static void unload() throws Exception {
        page.close();
    }

    /** A credential by one of the page's three registrations. */
    private static Credential registered(String form, KeyPair keys, Card card) throws Exception {
        List<X509Certificate> chain = List.of(ca.issueForLocalhost(keys));
        Class<?> registration = page.loadClass("dev.lockstep.server.Registration");
        if (form.equals("withLocalKey")) {
            var method = registration.getDeclaredMethod(form, List.class, Card.class, PrivateKey.class);
            method.setAccessible(true);
            return (Credential) method.invoke(null, chain, card, keys.getPrivate());
        }
        var method = registration.getDeclaredMethod(form, List.class, Card.class);
        method.setAccessible(true);
        return (Credential) method.invoke(null, chain, card);
    }

    /** The page's event loop on a thread of its own. */
    private static final class PageLoop implements AutoCloseable {

        final int port;
        private final Closeable loop;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        PageLoop(TlsServerConfigBuilder config) throws Exception {
            ServerSocketChannel listener =
                    ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
            port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            Class<?> type = page.loadClass("dev.lockstep.server.PortedLoop");
            var constructor = type.getDeclaredConstructor(ServerSocketChannel.class, TlsServerConfig.class);
            constructor.setAccessible(true);
            loop = (Closeable) constructor.newInstance(listener, config.build());
            var run = type.getDeclaredMethod("run");
            run.setAccessible(true);
            Thread thread = new Thread(
                    () -> {
                        try {
                            run.invoke(loop);
                            ended.complete(null);
                        } catch (Throwable e) { // boundary of the thread: what ends the loop is what the test must see
                            ended.completeExceptionally(e);
                        }
                    },
                    "loop of the page");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            loop.close();
            ended.orTimeout(30, TimeUnit.SECONDS).join();
        }
    }

    private static TlsServerConfigBuilder config() {
        return TlsServerConfig.builder().policy(Policy.COMPATIBLE);
    }

    private static void echo(int port, String suite) throws Exception {
        try (SSLSocket client = TestClients.client(trusting, port)) {
            client.setEnabledCipherSuites(new String[] {suite});
            byte[] sent = new byte[40_000];
            java.util.Arrays.fill(sent, (byte) 'x');
            client.startHandshake();
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                try {
                    client.getOutputStream().write(sent);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertThat(client.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
            writing.get(30, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "callbacks, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, 1, 0",
        "callbacks, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, 1, 0",
        "callbacks, TLS_RSA_WITH_AES_128_GCM_SHA256, 0, 1",
        "natively, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, 1, 0",
        "natively, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, 1, 0",
        "natively, TLS_RSA_WITH_AES_128_GCM_SHA256, 0, 1"
    })
    void bothFormsMakeHandshakesThroughTheEventLoopOfThePage(String form, String suite, int signs, int decrypts)
            throws Exception {
        try (SoftwareCard card = new SoftwareCard(20, rsa, ec);
                PageLoop loop = new PageLoop(
                        config().credential(registered(form, rsa, card)).credential(registered(form, ec, card)))) {
            echo(loop.port, suite);
            assertThat(card.signatures).hasValue(signs);
            assertThat(card.decryptions).hasValue(decrypts);
        }
    }

    @Test
    void whatTheCardLeavesAloneIsDoneByTheLocalKey() throws Exception {
        try (SoftwareCard empty = new SoftwareCard(0);
                PageLoop loop = new PageLoop(config().credential(registered("withLocalKey", rsa, empty)))) {
            echo(loop.port, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
            echo(loop.port, "TLS_RSA_WITH_AES_128_GCM_SHA256");
            assertThat(empty.signatures).hasValue(0);
        }
    }

    @ParameterizedTest
    @CsvSource({"callbacks", "natively"})
    void aClientThatLeavesCancelsItsJob(String form) throws Exception {
        try (SoftwareCard slow = new SoftwareCard(60_000, rsa);
                PageLoop loop = new PageLoop(config().credential(registered(form, rsa, slow)))) {
            SSLSocket client = TestClients.client(trusting, loop.port);
            client.setSoTimeout(300);
            try {
                client.startHandshake();
                throw new AssertionError("the key was not asked");
            } catch (java.net.SocketTimeoutException e) {
                client.close();
            }
            slow.abandoned.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void theDriverThatIsShownIsTheOneThatTheCodeIsCompiledAgainst() throws Exception {
        assertThat(blocks().get(0).replaceAll("\\s+", " "))
                .isEqualTo(Files.readString(CARD)
                        .replaceAll("(?s)/\\*\\*.*?\\*/", "")
                        .replaceAll("(?s)^.*?(?=public interface)", "")
                        .replaceAll("\\s+", " "));
    }
}
