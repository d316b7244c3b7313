package dev.lockstep.server.warmup;

import dev.lockstep.nio.TlsLoops;
import dev.lockstep.server.Environment;
import dev.lockstep.server.Main;
import dev.lockstep.server.demo.ThrowawayCa;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/**
 * A short life of a server, in a JVM that notes which classes it loads: {@code dist/lockstep-archive} makes a class-data
 * archive from it. Certificates, keys and clients are made here; the port is on the loopback address.
 */
public final class TrainingRun {

    private static final Pattern PORT = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+)");
    private static final long LIMIT_SECONDS = 60;
    private static final int REQUESTS = 4;

    private TrainingRun() {}

    /** Serves, and exits: 0 when every request was answered. */
    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("lockstep-training");
        int code;
        try {
            code = train(directory);
        } finally {
            delete(directory);
        }
        System.exit(code);
    }

    private static int train(Path directory) throws Exception {
        ThrowawayCa ca = new ThrowawayCa(Instant.now());
        KeyPair keys = ca.ec();
        Path chain = Files.writeString(directory.resolve("chain.pem"), ThrowawayCa.pem(ca.issueForLocalhost(keys)));
        Path key = Files.createFile(
                directory.resolve("key.pem"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(key, ThrowawayCa.pem(new JcaPKCS8Generator(keys.getPrivate(), null).generate()));
        StringWriter printed = new StringWriter();
        PrintWriter out = new PrintWriter(printed, true);
        CompletableFuture<TlsLoops> started = new CompletableFuture<>();
        Environment environment =
                new Environment(out, out, name -> null, Clock.systemUTC(), loops -> started.complete(loops));
        String[] command = {
            "serve", "--port", "0", "--cert", chain.toString(), "--key", key.toString(), "--warm-up", "20"
        };
        CompletableFuture<Integer> exit = new CompletableFuture<>();
        Thread server = new Thread(() -> exit.complete(Main.run(command, environment)), "training");
        server.setDaemon(true);
        server.start();
        CompletableFuture.anyOf(started, exit).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        Matcher port = PORT.matcher(printed.toString());
        if (!port.find()) {
            System.err.println("the server did not start: " + printed);
            return Main.FAILED;
        }
        TlsLoops loops = started.join();
        SSLContext clients = ThrowawayCa.trusting(ca.certificate());
        try {
            for (int i = 0; i < REQUESTS; i++) {
                request(clients, Integer.parseInt(port.group(1)));
            }
        } finally {
            loops.close();
        }
        return ended(exit);
    }

    private static int ended(CompletableFuture<Integer> exit) throws Exception {
        try {
            return exit.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            System.err.println("the server did not end: " + e);
            return Main.FAILED;
        }
    }

    private static void request(SSLContext clients, int port) throws Exception {
        try (SSLSocket client = (SSLSocket) clients.getSocketFactory().createSocket("127.0.0.1", port)) {
            client.setSoTimeout((int) TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
            client.setEnabledProtocols(new String[] {"TLSv1.2"});
            client.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            if (client.getInputStream().readAllBytes().length == 0) {
                throw new IOException("the server did not answer");
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve("chain.pem"));
        Files.deleteIfExists(directory.resolve("key.pem"));
        Files.deleteIfExists(directory);
    }
}
