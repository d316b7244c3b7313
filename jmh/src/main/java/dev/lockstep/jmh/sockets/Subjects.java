package dev.lockstep.jmh.sockets;

import dev.lockstep.server.Main;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All servers, with the same suite, groups, certificate and kind of answer. Sessions are resumed by ticket alone: none
 * keeps a cache.
 */
final class Subjects {
    static final String LOCKSTEP = "Lockstep";

    /** What the others are compared with. */
    static final String NGINX = "nginx";

    private static final String WITH_PROVIDERS = LOCKSTEP + " with native providers";
    private static final List<String> PROVIDERS =
            List.of("--crypto-provider", "Conscrypt", "--crypto-provider", "AmazonCorrettoCryptoProvider");

    /** Where programs are that only an administrator calls. */
    private static final List<String> MORE_PLACES = List.of("/usr/sbin", "/usr/local/sbin", "/usr/local/bin");

    private Subjects() {}

    /** Those that can run here; {@code leftOut} is told of the others, a line each. */
    static List<Subject> all(Consumer<String> leftOut) {
        List<Subject> all = new ArrayList<>();
        for (int threads = 1; threads <= 2; threads++) {
            all.add(lockstep(LOCKSTEP, threads, List.of()));
        }
        for (int threads = 1; threads <= 2; threads++) {
            all.add(lockstep(WITH_PROVIDERS, threads, PROVIDERS));
        }
        Path nginx = installed("nginx");
        Path openssl = installed("openssl");
        if (nginx == null) {
            leftOut.accept("nginx is left out: it is not installed");
        } else {
            all.add(nginx(nginx, 1));
            all.add(nginx(nginx, 2));
        }
        if (openssl == null) {
            leftOut.accept("openssl s_server is left out: it is not installed");
        } else {
            all.add(openSsl(openssl));
        }
        for (NettyServer.Tls tls : NettyServer.Tls.values()) {
            all.add(netty(tls));
        }
        return List.copyOf(all);
    }

    /** @param more options of {@code serve} */
    static Subject lockstep(String name, int threads, List<String> more) {
        return new Subject(name, threads, true, true, (site, port, java) -> {
            List<String> command = inJvm(java, Main.class);
            command.addAll(List.of("serve", "--http", "--port", String.valueOf(port)));
            command.addAll(List.of(
                    "--cert", site.chain().toString(), "--key", site.key().toString()));
            command.addAll(List.of("--threads", String.valueOf(threads), "--key-inline", "--session-cache", "0"));
            command.addAll(List.of("--suites", Site.SUITE));
            command.addAll(List.of("--groups", String.join(",", Site.SCENARIO.groupNames()), "--log-level", "warning"));
            command.addAll(List.of("--drain", "1s"));
            command.addAll(more);
            return command;
        });
    }

    static Subject netty(NettyServer.Tls tls) {
        return new Subject("Netty with " + tls.title(), 1, true, true, (site, port, java) -> {
            List<String> command = inJvm(java, NettyServer.class);
            command.addAll(List.of(tls.name(), String.valueOf(port)));
            command.addAll(List.of(site.chain().toString(), site.key().toString()));
            return command;
        });
    }

    /** The class path of this program; no other options than a user would need. */
    private static List<String> inJvm(String java, Class<?> main) {
        return new ArrayList<>(List.of(java, "--enable-native-access=ALL-UNNAMED", "-cp", classPath(), main.getName()));
    }

    /** Servers work in another directory, from which relative names would lead elsewhere. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Subject openSsl(Path program) {
        return new Subject(
                "openssl s_server",
                1,
                false,
                false,
                (site, port, java) -> List.of(
                        program.toString(),
                        "s_server",
                        "-accept",
                        Site.HOST + ":" + port,
                        "-cert",
                        site.chain().toString(),
                        "-key",
                        site.key().toString(),
                        "-tls1_2",
                        "-cipher",
                        Site.SUITE,
                        "-groups",
                        "X25519:P-256",
                        "-no_cache",
                        "-www",
                        "-quiet"));
    }

    private static Subject nginx(Path program, int workers) {
        return new Subject(NGINX, workers, false, true, (site, port, java) -> {
            Path file = site.directory().resolve("nginx-" + port + ".conf");
            Files.writeString(file, nginxConfiguration(site, port, workers));
            return List.of(
                    program.toString(), "-p", site.directory().toString(), "-e", "stderr", "-c", file.toString());
        });
    }

    private static String nginxConfiguration(Site site, int port, int workers) {
        String temporary = Stream.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
                .map(kind -> "  " + kind + "_temp_path " + kind + ";\n")
                .reduce("", String::concat);
        int head = ("HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
                        + "Content-Type: text/html\r\nContent-Length: 999\r\nConnection: keep-alive\r\n\r\n")
                .length();
        return String.format(
                Locale.ROOT,
                """
                daemon off;
                worker_processes %d;
                pid nginx-%d.pid;
                error_log stderr crit;
                events { worker_connections 4096; }
                http {
                  access_log off;
                  server_tokens off;
                  default_type text/html;
                  keepalive_requests 1000;
                %s  server {
                    listen %s:%d ssl reuseport backlog=4096;
                    ssl_protocols TLSv1.2;
                    ssl_ciphers %s;
                    ssl_ecdh_curve X25519:prime256v1;
                    ssl_session_cache off;
                    ssl_session_tickets on;
                    ssl_session_timeout 4h;
                    ssl_certificate %s;
                    ssl_certificate_key %s;
                    location / { return 200 "%s"; }
                  }
                }
                """,
                workers,
                port,
                temporary,
                Site.HOST,
                port,
                Site.SUITE,
                site.chain(),
                site.key(),
                Site.body(Site.ANSWER - head));
    }

    private static @Nullable Path installed(String program) {
        Stream<String> path = Stream.ofNullable(System.getenv("PATH"))
                .flatMap(places -> Stream.of(places.split(File.pathSeparator, -1)));
        return Stream.concat(path, MORE_PLACES.stream())
                .filter(place -> !place.isEmpty())
                .map(place -> Path.of(place, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }
}
