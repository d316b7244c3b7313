package dev.lockstep.server.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.server.Running;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What proxies in front say of a client, what backends hear of it, and options that cannot be obeyed. */
@Timeout(120)
class ProxyProtocolTest {

    @TempDir
    static Path directory;

    private static TestFiles files;
    private static SSLContext trusting;

    @BeforeAll
    static void makeFiles() throws Exception {
        files = new TestFiles(directory);
        trusting = TestClients.trusting(files.ca);
    }

    private static Running serve(String... more) throws Exception {
        List<String> args = new ArrayList<>(
                List.of("serve", "--port", "0", "--cert", files.ecCert.toString(), "--key", files.ecKey.toString()));
        args.addAll(List.of(more));
        return Running.start(args.toArray(String[]::new));
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void say(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Test
    void theStatedAddressOfAProxysClientReachesTheBackend() throws Exception {
        try (RawBackend backend = new RawBackend(channel -> {
                    java.io.BufferedReader in = new java.io.BufferedReader(
                            new java.io.InputStreamReader(channel.socket().getInputStream(), StandardCharsets.UTF_8));
                    say(channel, in.readLine());
                });
                Running server = serve(
                        "--backend", backend.address(), "--proxy-protocol", "v1", "--accept-proxy", "127.0.0.0/8")) {
            assertThat(behindProxy(server, "PROXY TCP4 192.0.2.1 198.51.100.2 12345 443\r\n"))
                    .isEqualTo("PROXY TCP4 192.0.2.1 198.51.100.2 12345 443");
            assertThatThrownBy(() -> behindProxy(server, "PROXY TCP4 192.0.2.1\r\n"))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> behindProxy(server, "")).isInstanceOf(SSLException.class);
        }
    }

    private static String behindProxy(Running server, String header) throws IOException {
        try (java.net.Socket tcp = new java.net.Socket("127.0.0.1", server.port())) {
            tcp.setSoTimeout(30_000);
            tcp.getOutputStream().write(header.getBytes(StandardCharsets.US_ASCII));
            SSLSocket client =
                    (SSLSocket) trusting.getSocketFactory().createSocket(tcp, "localhost", server.port(), true);
            client.setEnabledProtocols(new String[] {"TLSv1.2"});
            client.startHandshake();
            return text(client.getInputStream());
        }
    }

    @Test
    void theBinaryHeaderSaysWhatTlsHasNegotiated() throws Exception {
        CompletableFuture<byte[]> header = new CompletableFuture<>();
        try (RawBackend backend = new RawBackend(channel -> {
                    InputStream in = channel.socket().getInputStream();
                    byte[] fixed = in.readNBytes(16);
                    byte[] rest = in.readNBytes(ByteBuffer.wrap(fixed).getShort(14) & 0xffff);
                    header.complete(ByteBuffer.allocate(16 + rest.length)
                            .put(fixed)
                            .put(rest)
                            .array());
                    assertThat(in.read()).isEqualTo(7);
                });
                Running server = serve(
                        "--backend",
                        backend.address(),
                        "--proxy-protocol",
                        "v2",
                        "--alpn",
                        "http/1.1",
                        "--client-auth",
                        "require",
                        "--client-ca",
                        files.caCert.toString());
                SSLSocket client = TestClients.client(TestClients.certified(files.ca, files.ca.ec()), server.port())) {
            SSLParameters parameters = client.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("a.example")));
            parameters.setApplicationProtocols(new String[] {"http/1.1"});
            client.setSSLParameters(parameters);
            client.getOutputStream().write(7);
            ProxySeen seen = ProxySeen.parse(header.get(30, TimeUnit.SECONDS));
            assertThat(seen.source()).isEqualTo(client.getLocalSocketAddress());
            assertThat(seen.destination()).isEqualTo(new InetSocketAddress("127.0.0.1", server.port()));
            assertThat(seen.tlvs())
                    .containsEntry("1", "http/1.1")
                    .containsEntry("2", "a.example")
                    .containsEntry("20 flags", "7")
                    .containsEntry("20 verify", "0")
                    .containsEntry("20.21", "TLSv1.2")
                    .containsEntry("20.22", "localhost")
                    .containsEntry("20.23", client.getSession().getCipherSuite());
            assertThat(backend.outcome()).isEqualTo("done");
        }
    }

    /** With the ten letters before it, of two bytes each, and two slashes: 102 characters in 112 bytes. */
    private static final String LONG_NAME =
            "123456789012345678901234567890123456789012345" + "123456789012345678901234567890123456789012345";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--backend nothing",
                "--backend 127.0.0.1:0",
                "--backend 127.0.0.1:65536",
                "--backend ::1:80",
                "--backend unix:",
                "--backend unix:/\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4/" + LONG_NAME,
                "--backend =127.0.0.1:80",
                "--backend a_b=c=127.0.0.1:80",
                "--backend 127.0.0.1:80 --backend 127.0.0.1:81",
                "--backend does-not-exist.invalid:80",
                "--backend 127.0.0.1:80 --echo",
                "--backend 127.0.0.1:80 --proxy-protocol v3",
                "--backend 127.0.0.1:80 --backend-timeout 0",
                "--proxy-protocol v1",
                "--backend-timeout 3",
                "--idle-timeout 0",
                "--accept-proxy somewhere"
            })
    void aMistakeIsOneLine(String options) throws Exception {
        List<String> args = new ArrayList<>(
                List.of("serve", "--port", "0", "--cert", files.ecCert.toString(), "--key", files.ecKey.toString()));
        args.addAll(List.of(options.split(" ")));
        try (Running refused = Running.finished(Map.of(), args.toArray(String[]::new))) {
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.err().lines()).hasSize(1).allMatch(line -> line.startsWith("--"));
        }
    }
}
