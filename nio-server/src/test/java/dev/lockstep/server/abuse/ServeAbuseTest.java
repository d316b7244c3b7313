package dev.lockstep.server.abuse;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.abuse.Crowd.Manner;
import dev.lockstep.server.demo.ThrowawayCa;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code serve} in its own process with 256 MB of heap, under abuse: it stays up, an honest client that comes every 100 ms is
 * served within two seconds, and afterwards heap and descriptors are what they were. {@code mvn -Pabuse} has the long form,
 * with as many connections as the machine has descriptors for.
 */
@Timeout(600)
@Tag("one-jdk")
class ServeAbuseTest {

    private static final boolean LONG = Boolean.getBoolean("abuse.long");
    private static final long MOST_MILLIS = 2_000;

    /** What the heap may be larger afterwards: classes that were loaded, buffers that are kept, sessions of honest clients. */
    private static final long HEAP_SLACK = 24 << 20;

    /** Connections a second: of those that cost the server nothing but their place, and of those that make it compute. */
    private static final int FAST = 5_000;

    private static final int SLOW = 200;

    private static final int DESCRIPTOR_SLACK = 8;

    @TempDir
    static Path directory;

    private static TestFiles files;
    private static SSLContext trusting;
    private static AbusedServer server;

    @BeforeAll
    static void start() throws Exception {
        files = new TestFiles(directory);
        trusting = TestClients.trusting(files.ca);
        server = AbusedServer.start(
                "serve",
                "--port=0",
                "--echo",
                "--cert=" + files.ecCert,
                "--key=" + files.ecKey,
                "--client-auth=want",
                "--client-ca=" + files.caCert,
                "--renegotiation=secure");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    enum Abuse {
        SILENT(600, 5_000),
        HALF_OPEN(300, 1_000),
        DRIPPING(300, 3_000),
        LONGEST_HELLOS(200, 600),
        ENORMOUS_HELLOS(100, 600),
        RESETTING(50, 200),
        NEVER_READING(8, 30),
        RENEGOTIATING(8, 100),
        JUNK_CHAINS(4, 16);

        private final int few;
        private final int many;

        Abuse(int few, int many) {
            this.few = few;
            this.many = many;
        }

        int seconds() {
            return LONG ? this == JUNK_CHAINS ? 120 : 40 : 1;
        }

        AutoCloseable begin(int port) throws Exception {
            int number = Math.min(LONG ? many : few, descriptorsHere());
            return switch (this) {
                case SILENT -> new Crowd(port, number, FAST, new byte[0], Manner.HOLD);
                case HALF_OPEN -> new Crowd(port, number, SLOW, Hellos.plain(), Manner.HOLD);
                case DRIPPING -> new Crowd(port, number, FAST, Hellos.plain(), Manner.DRIP);
                case LONGEST_HELLOS -> new Crowd(port, number, FAST, Hellos.longest(), Manner.HOLD);
                case ENORMOUS_HELLOS -> new Crowd(port, number, FAST, Hellos.enormous(), Manner.HOLD);
                case RESETTING -> new Crowd(port, number, SLOW, Hellos.plain(), Manner.RESET);
                case NEVER_READING -> new HostileClients(port, number, HostileClients::neverReads);
                case RENEGOTIATING -> new HostileClients(port, number, HostileClients::renegotiates);
                case JUNK_CHAINS -> new HostileClients(port, number, HostileClients.sendsChain(JunkChain.of(10)));
            };
        }
    }

    /** How many sockets this process may open. */
    private static int descriptorsHere() {
        UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long free = system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount();
        return (int) Math.max(100, Math.min(Integer.MAX_VALUE, free - 500));
    }

    @ParameterizedTest
    @EnumSource
    void honestClientsAreServedAndEverythingComesBack(Abuse abuse) throws Exception {
        withstands(server, abuse.name(), trusting, abuse.seconds(), () -> abuse.begin(server.port));
    }

    /** Each hello costs a signature of some milliseconds, of which the attacker waits for none. */
    @Test
    void hellosThatEachCostALargeSignature() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(4096);
        KeyPair keys = generator.generateKeyPair();
        Path key = files.write("rsa4096.key", TestFiles.pkcs8(keys));
        Path cert = files.write("rsa4096.pem", ThrowawayCa.pem(files.ca.issueForLocalhost(keys)));
        int hellos = LONG ? 300 : 100;
        try (AbusedServer signing =
                AbusedServer.start("serve", "--port=0", "--echo", "--cert=" + cert, "--key=" + key)) {
            withstands(
                    signing,
                    "RSA_4096_HELLOS",
                    trusting,
                    LONG ? 40 : 2,
                    () -> new Crowd(signing.port, hellos, FAST, Hellos.plain(), Manner.HOLD));
        }
    }

    /** Others' answers take no longer because one client renegotiates and falls silent. */
    @Test
    void anEchoBesideASilentRenegotiation() throws Exception {
        int rounds = LONG ? 20_000 : 2_000;
        EchoTimes echo = new EchoTimes(trusting, server.port);
        echo.p99Micros(rounds); // warms up both sides
        long[] alone = new long[LONG ? 5 : 1];
        long[] beside = new long[alone.length];
        for (int i = 0; i < alone.length; i++) { // in turns, since a machine has better and worse minutes
            alone[i] = echo.p99Micros(rounds);
            try (HostileClients silent = new HostileClients(server.port, 1, HostileClients::renegotiates)) {
                assertThat(silent.awaitSilence(1).deeds()).isPositive();
                beside[i] = echo.p99Micros(rounds);
            }
        }
        echo.close();
        long least = EchoTimes.least(alone);
        long then = EchoTimes.least(beside);
        System.out.printf(
                Locale.ROOT, "abuse ECHO: p99 %d us alone, %d us beside a silent renegotiation%n", least, then);
        assertThat(then).isLessThanOrEqualTo(LONG ? least + least / 10 : 3 * least + 20_000);
    }

    @FunctionalInterface
    private interface Attack {
        AutoCloseable begin() throws Exception;
    }

    private static void withstands(AbusedServer server, String name, SSLContext trusting, int seconds, Attack attack)
            throws Exception {
        try (HonestClient before = new HonestClient(trusting, server.port)) {
            // its visits load what any visit needs
            assertThat(before.await(3).end().failed()).isZero();
        }
        long heap = server.heap();
        int descriptors = server.descriptors();
        HonestClient.Result result;
        int mostDescriptors;
        try (AutoCloseable hostile = attack.begin();
                HonestClient honest = new HonestClient(trusting, server.port)) {
            assertThat(hostile).isNotNull();
            honest.await(seconds * HonestClient.VISITS_PER_SECOND);
            mostDescriptors = server.descriptors();
            result = honest.end();
        }
        assertThat(server.isUp()).as(server.printed()).isTrue();
        int left = server.descriptors();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (left > descriptors + DESCRIPTOR_SLACK && System.nanoTime() - deadline < 0) {
            TimeUnit.MILLISECONDS.sleep(50);
            left = server.descriptors();
        }
        long heapLeft = server.heap();
        System.out.printf(
                Locale.ROOT,
                "abuse %s: %s; descriptors %d, %d, %d; heap %.1f MB before, %.1f MB after%n",
                name,
                result,
                descriptors,
                mostDescriptors,
                left,
                heap / 1e6,
                heapLeft / 1e6);
        assertThat(result.failed()).as(result.failures().toString()).isLessThanOrEqualTo(result.visits() / 100);
        assertThat(result.p99()).isLessThan(MOST_MILLIS);
        assertThat(left).isLessThanOrEqualTo(descriptors + DESCRIPTOR_SLACK);
        assertThat(heapLeft).isLessThan(heap + HEAP_SLACK);
    }
}
