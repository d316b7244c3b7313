package dev.lockstep.server.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.lockstep.server.Running;
import dev.lockstep.server.Spawned;
import dev.lockstep.server.TestFiles;
import dev.lockstep.testkit.util.Needed;
import dev.lockstep.testkit.util.Ports;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTP servers of others behind the terminator, and curl before it. */
@Timeout(180)
class HttpBackendTest {

    private static final String NGINX = "/usr/sbin/nginx";
    private static final int MEGABYTE = 1 << 20;

    @TempDir
    static Path directory;

    private static TestFiles files;

    @BeforeAll
    static void makeFiles() throws Exception {
        files = new TestFiles(directory);
    }

    private static Running serve(String... more) throws Exception {
        List<String> args = new ArrayList<>(
                List.of("serve", "--port", "0", "--cert", files.ecCert.toString(), "--key", files.ecKey.toString()));
        args.addAll(List.of(more));
        return Running.start(args.toArray(String[]::new));
    }

    private static String curl(Running server, String... more) throws Exception {
        Needed.programs("curl", "curl");
        List<String> command = new ArrayList<>(
                List.of("curl", "-sS", "--max-time", "60", "--http1.1", "--cacert", files.caCert.toString()));
        for (String each : more) {
            command.add(each.replace("SERVER", "https://localhost:" + server.port()));
        }
        return Commands.run(command);
    }

    @Test
    void curlUsesOneConnectionToTheJdksServerForUploadsAndDownloads() throws Exception {
        int megabytes = Integer.getInteger("lockstep.test.backend.megabytes", 64);
        Path upload = directory.resolve("upload");
        try (java.io.RandomAccessFile file = new java.io.RandomAccessFile(upload.toFile(), "rw")) {
            file.setLength((long) megabytes * MEGABYTE);
        }
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 16);
        ExecutorService pool = Executors.newCachedThreadPool();
        http.setExecutor(pool);
        http.createContext("/", exchange -> {
            long received = 0;
            byte[] buffer = new byte[64 * 1024];
            InputStream in = exchange.getRequestBody();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                received += count;
            }
            byte[] answer = (received + " bytes from "
                            + exchange.getRemoteAddress().getPort() + "\n")
                    .getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        http.start();
        try (Running server =
                serve("--backend", "127.0.0.1:" + http.getAddress().getPort())) {
            String out = curl(
                    server,
                    "-w",
                    "%{num_connects} connections\\n",
                    "-H",
                    "Expect:",
                    "-T",
                    upload.toString(),
                    "SERVER/a",
                    "-T",
                    upload.toString(),
                    "SERVER/b");
            List<String> lines = out.lines().toList();
            assertThat(lines).hasSize(4);
            assertThat(lines.get(0)).startsWith((long) megabytes * MEGABYTE + " bytes from ");
            assertThat(lines.get(2)).isEqualTo(lines.get(0)); // one connection behind the terminator too
            assertThat(lines.get(1)).isEqualTo("1 connections");
            assertThat(lines.get(3)).isEqualTo("0 connections");
        } finally {
            http.stop(0);
            pool.shutdownNow();
        }
    }

    @Test
    void nginxKnowsTheClientFromTheProxyHeaderAndIsUsedAgainAfterARestart() throws Exception {
        Needed.programs("nginx-light", NGINX);
        int port = Ports.free();
        Path page = Files.createDirectories(directory.resolve("html")).resolve("big");
        Files.write(page, new byte[8 * MEGABYTE]);
        Path socket = directory.resolve("nginx.sock");
        String options = "pid " + directory.resolve("nginx.pid") + "; daemon off; master_process off;"
                + " error_log stderr; events {} http { access_log off;"
                + " client_body_temp_path " + directory.resolve("body") + "; proxy_temp_path "
                + directory.resolve("proxy") + "; fastcgi_temp_path " + directory.resolve("fastcgi")
                + "; uwsgi_temp_path " + directory.resolve("uwsgi") + "; scgi_temp_path " + directory.resolve("scgi")
                + "; server { listen 127.0.0.1:" + port + " proxy_protocol; listen unix:" + socket
                + "; root " + directory.resolve("html") + "; location = / { default_type text/plain;"
                + " return 200 \"$proxy_protocol_addr $proxy_protocol_port\"; } } }";
        Path configuration = Files.writeString(directory.resolve("nginx.conf"), options);
        List<String> nginx = List.of(NGINX, "-p", directory.toString(), "-c", configuration.toString());
        try (Running tcp = serve("--backend", "127.0.0.1:" + port, "--proxy-protocol", "v2");
                Running unix = serve("--backend", "unix:" + socket)) {
            for (int start = 0; start < 2; start++) {
                try (Spawned running = Spawned.start(Map.of(), nginx)) {
                    String seen = awaitAnswer(tcp, running);
                    assertThat(seen).matches("127\\.0\\.0\\.1 \\d+ \\d+");
                    String[] words = seen.split(" ");
                    assertThat(words[1]).isEqualTo(words[2]); // the port that curl had
                    assertThat(curl(unix, "-o", "/dev/null", "-w", "%{size_download}", "SERVER/big"))
                            .isEqualTo(Integer.toString(8 * MEGABYTE));
                }
                Files.deleteIfExists(socket);
                assertThatThrownBy(() -> curl(tcp, "SERVER/")).hasMessageStartingWith("curl: ");
            }
            tcp.awaitError(" backend-down: a backend cannot be reached");
        }
    }

    /** Asks until nginx listens: it does not say when. */
    private static String awaitAnswer(Running server, Spawned nginx) throws Exception {
        for (int tries = 0; tries < 200; tries++) {
            try {
                return curl(server, "-w", " %{local_port}", "SERVER/");
            } catch (AssertionError e) {
                if (!nginx.handle().isAlive()) {
                    throw new AssertionError("nginx has ended: " + nginx.printed(), e);
                }
            }
        }
        throw new AssertionError("nginx does not answer: " + nginx.printed());
    }
}
