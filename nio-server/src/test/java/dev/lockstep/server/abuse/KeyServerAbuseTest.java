package dev.lockstep.server.abuse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.server.Spawned;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.demo.ThrowawayCa;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The key server in a process of its own, with a heap of 64 MB, while clients of every bad habit crowd both listeners: honest
 * ones get their signatures in time, the process stays, and its heap and descriptors come back to where they were. All habits
 * at the same time for a few seconds; with the property {@code abuse.long} also each by itself, for longer.
 */
@Timeout(900)
@Tag("one-jdk")
class KeyServerAbuseTest {

    private static final boolean LONG = Boolean.getBoolean("abuse.long");
    private static final int SECONDS = LONG ? 30 : 5;

    private static final long MOST_MILLIS = 2_000;

    /** The short version may run beside other work: what is slow in peace may be slower in trouble. */
    private static final int MOST_TIMES_SLOWER = LONG ? 0 : 30;

    static {
        // Read once, by the first SSLContext; other tests of this module need what newer JDKs refuse.
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
    }

    @TempDir
    Path directory;

    private TestFiles files;
    private Path socket;
    private Spawned server;
    private InetSocketAddress port;
    private HonestClients honest;
    private long peaceMillis;
    private int descriptors;
    private long liveBytes;

    @BeforeEach
    void start() throws Exception {
        files = new TestFiles(directory);
        socket = directory.resolve("ks.sock");
        server = Spawned.start(
                Map.of(),
                List.of("-Xmx64m"),
                "keyserver",
                "--socket",
                socket.toString(),
                "--tcp",
                "127.0.0.1:0",
                "--tls-cert",
                files.ecCert.toString(),
                "--tls-key",
                files.ecKey.toString(),
                "--tls-client-ca",
                files.caCert.toString(),
                "--allow-client",
                "sha256:" + client("honest"),
                "--allow-client",
                "sha256:" + client("busy"),
                "--key",
                files.ecKey.toString(),
                "--log",
                directory.resolve("keys.log").toString());
        port = new InetSocketAddress("127.0.0.1", server.port());
        server.await("listening on .*ks\\.sock");
        honest = new HonestClients(directory, files.caCert, socket, port, KeyId.of(files.ec.getPublic()));
        for (int i = 0; i < 20; i++) {
            honest.round(); // what is loaded and compiled once is no leak
        }
        peaceMillis = honest.percentile99();
        honest.forget();
        descriptors = descriptors();
        liveBytes = liveBytes();
    }

    @AfterEach
    void stop() throws Exception {
        honest.close();
        server.close();
    }

    /** Makes NAME.pem and NAME.key; answers the hash of the certificate. */
    private String client(String name) throws Exception {
        KeyPair pair = TestFiles.keys("EC", "secp256r1");
        X509Certificate certificate = files.ca.issueForLocalhost(pair);
        files.write(name + ".pem", ThrowawayCa.pem(certificate));
        files.write(name + ".key", TestFiles.pkcs8(pair));
        return HexFormat.of().formatHex(HashAlgorithm.SHA256.digest(certificate.getEncoded()));
    }

    private int descriptors() throws IOException {
        return ProcessFigures.descriptors(server.pid());
    }

    /** What is reachable in the heap, after a full collection. */
    private long liveBytes() throws Exception {
        return ProcessFigures.live(server.pid());
    }

    /** Opens one kind of trouble. */
    private interface Trouble {
        AutoCloseable begin() throws Exception;
    }

    private Trouble remote(int size, KeyServerSwarm.Habit habit) {
        return () -> new KeyServerSwarm(port, size, habit);
    }

    /** The connections of one user share 32 places, of which the honest ones need some. */
    private Trouble local(KeyServerSwarm.Habit habit) {
        return () -> new KeyServerSwarm(UnixDomainSocketAddress.of(socket), 2, habit);
    }

    private Map<String, Trouble> troubles() throws Exception {
        int many = LONG ? 1_000 : 200;
        byte[] hello = KeyServerHabits.clientHello();
        byte[] frame = new byte[] {0, 0, 0, 13, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2};
        return Map.ofEntries(
                Map.entry("silent", remote(many, KeyServerHabits.silent())),
                Map.entry("half-open", remote(many, KeyServerHabits.halfOpen(hello))),
                Map.entry("dripping", remote(many, KeyServerHabits.dripping(hello))),
                Map.entry("resetting", remote(100, KeyServerHabits.resetting(hello))),
                Map.entry("junk", remote(100, KeyServerHabits.junk(1))),
                Map.entry("local silent", local(KeyServerHabits.silent())),
                Map.entry("local half-open", local(KeyServerHabits.halfOpen(new byte[] {0, 0, 0}))),
                Map.entry("local dripping", local(KeyServerHabits.dripping(frame))),
                Map.entry("local resetting", local(KeyServerHabits.resetting(frame))),
                Map.entry("local never reading", local(KeyServerHabits.neverReading())),
                Map.entry("local flooding", local(KeyServerHabits.flooding())),
                Map.entry("local junk", local(KeyServerHabits.junk(2))),
                Map.entry(
                        "busy",
                        () -> new BusyClient(directory, files.caCert, port, KeyId.of(files.ec.getPublic()), true)),
                Map.entry(
                        "busy and never reading",
                        () -> new BusyClient(directory, files.caCert, port, KeyId.of(files.ec.getPublic()), false)));
    }

    private void suffer(String what, List<Trouble> troubles) throws Exception {
        List<AutoCloseable> begun = new ArrayList<>();
        try {
            for (Trouble trouble : troubles) {
                begun.add(trouble.begin());
            }
            honest.runFor(SECONDS);
        } finally {
            for (AutoCloseable each : begun) {
                each.close();
            }
        }
        long connections = begun.stream()
                .mapToLong(each -> each instanceof KeyServerSwarm swarm ? swarm.opened() : 1)
                .sum();
        System.out.println(what + ": " + connections + " connections; " + honest.report());
        assertThat(honest.failures()).as(what).isEmpty();
        assertThat(honest.percentile99())
                .as(what + ": milliseconds of the slowest but 1 %")
                .isLessThan(MOST_MILLIS + MOST_TIMES_SLOWER * peaceMillis);
        honest.forget();
        assertThat(server.handle().isAlive()).isTrue();
        assertThat(server.printed()).doesNotContain("DEFECT", "OutOfMemory");
        long begin = System.nanoTime();
        while (descriptors() > descriptors + 2) {
            assertThat(System.nanoTime() - begin)
                    .as(what + ": " + descriptors() + " descriptors instead of " + descriptors)
                    .isLessThan(30_000_000_000L);
            honest.round();
        }
        honest.forget();
        long live = liveBytes();
        System.out.println(what + ": live heap " + liveBytes / 1024 + " KB before, " + live / 1024 + " KB after");
        assertThat(live).as(what).isLessThan(liveBytes + 8 * 1024 * 1024);
    }

    @Test
    void honestClientsAreServedWhateverTheOthersDo() throws Exception {
        Map<String, Trouble> troubles = troubles();
        suffer("all", List.copyOf(troubles.values()));
        if (LONG) {
            for (Map.Entry<String, Trouble> each : troubles.entrySet()) {
                suffer(each.getKey(), List.of(each.getValue()));
            }
        }
    }
}
