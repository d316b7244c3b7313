package dev.lockstep.server.abuse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Spawned;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.abuse.Crowd.Manner;
import dev.lockstep.testkit.util.Needed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code serve} with a heap of 64 MB, whose key is in a {@code keyserver} with a heap of 64 MB, under the load of wrk and
 * h2load and under abuse of every kind together, while the key server stalls now and then: heap, descriptors and threads of
 * both stay flat. In the profile "soak"; {@code -Dtest.args=-Dsoak.minutes=5} sets the time, 20 minutes without it.
 */
@Tag("soak")
@Timeout(value = 4, unit = TimeUnit.HOURS)
class SoakTest {

    private static final int MINUTES = Integer.getInteger("soak.minutes", 20);
    private static final int SAMPLES = 40;

    /** How much larger a figure may be in the last quarter than in the second. */
    private static final long HEAP_SLACK = 4 << 20;

    private static final long RESIDENT_SLACK = 48L << 20;
    private static final int THREAD_SLACK = 4;

    /** Connections come and go at any moment; how many of them a crowd has open is no leak. */
    private static final double DESCRIPTOR_SLACK = 1.25;

    private static final long STALL_MILLIS = 300;
    private static final int STALLS_APART = 10;

    @TempDir
    Path directory;

    /** One of the two processes, and what it held over time. */
    private record Watched(String name, Spawned process, List<ProcessFigures> samples) {

        void sample() throws Exception {
            assertThat(process.handle().isAlive())
                    .as(name + ": " + process.printed())
                    .isTrue();
            samples.add(ProcessFigures.of(process.pid()));
        }

        long median(int from, int to, ToLongFunction<ProcessFigures> figure) {
            List<ProcessFigures> part = new ArrayList<>(samples.subList(from, to));
            part.sort(Comparator.comparingLong(figure));
            return figure.applyAsLong(part.get(part.size() / 2));
        }

        /** Compares the last quarter with the second: the first warms up. */
        void isFlat() {
            int quarter = samples.size() / 4;
            int last = samples.size() - quarter;
            assertThat(median(last, samples.size(), ProcessFigures::liveBytes))
                    .as(name + ", heap: " + samples)
                    .isLessThan(median(quarter, 2 * quarter, ProcessFigures::liveBytes) + HEAP_SLACK);
            assertThat(median(last, samples.size(), ProcessFigures::threads))
                    .as(name + ", threads: " + samples)
                    .isLessThanOrEqualTo(median(quarter, 2 * quarter, ProcessFigures::threads) + THREAD_SLACK);
            assertThat((double) median(last, samples.size(), ProcessFigures::descriptors))
                    .as(name + ", descriptors: " + samples)
                    .isLessThan(DESCRIPTOR_SLACK * median(quarter, 2 * quarter, ProcessFigures::descriptors) + 16);
            assertThat(median(last, samples.size(), ProcessFigures::residentBytes))
                    .as(name + ", resident: " + samples)
                    .isLessThan(median(quarter, 2 * quarter, ProcessFigures::residentBytes) + RESIDENT_SLACK);
        }

        String line(long seconds) {
            ProcessFigures now = samples.get(samples.size() - 1);
            return String.format(
                    Locale.ROOT,
                    "soak %5d s, %-9s: live heap %5.1f MB, %3d descriptors, %2d threads, resident %5.1f MB",
                    seconds,
                    name,
                    now.liveBytes() / 1e6,
                    now.descriptors(),
                    now.threads(),
                    now.residentBytes() / 1e6);
        }
    }

    @Test
    void heapDescriptorsAndThreadsStayFlat() throws Exception {
        Needed.programs("wrk nghttp2-client", "wrk", "h2load");
        TestFiles files = new TestFiles(directory);
        Path socket = directory.resolve("keys.sock");
        List<String> small = List.of("-Xmx64m");
        try (Spawned keys = Spawned.start(
                        Map.of(),
                        small,
                        "keyserver",
                        "--socket=" + socket,
                        "--key=" + files.ecKey,
                        "--rate=0",
                        "--demo-key-delay-ms=2",
                        "--log=" + directory.resolve("keys.log"));
                Spawned serve = start(keys, small, files, socket)) {
            int port = serve.port();
            Watched server = new Watched("serve", serve, new ArrayList<>());
            Watched keyServer = new Watched("keyserver", keys, new ArrayList<>());
            int idle = ProcessFigures.descriptors(serve.pid());
            LoadPrograms load = new LoadPrograms(port);
            try (load) {
                soak(port, keys, List.of(server, keyServer));
            }
            report(load);
            comesBack(server, idle);
            server.isFlat();
            keyServer.isFlat();
            for (Watched each : List.of(server, keyServer)) {
                assertThat(each.process().printed()).doesNotContain("DEFECT", "OutOfMemory");
            }
            assertThat(load.failure()).as("failure of the load").isNull();
            assertThat(load.reports()).as("runs of the load").hasSizeGreaterThanOrEqualTo(MINUTES);
            assertThat(load.answered()).isPositive();
            assertThat(load.unanswered())
                    .as(() -> String.join("\n", load.reports()))
                    .isLessThan(load.answered() / 100);
        }
    }

    private static Spawned start(Spawned keys, List<String> options, TestFiles files, Path socket) throws Exception {
        keys.await("listening on .*keys\\.sock");
        return Spawned.start(
                Map.of(),
                options,
                "serve",
                "--port=0",
                "--cert=" + files.ecCert,
                "--key=keyserver:" + socket,
                "--client-auth=want",
                "--client-ca=" + files.caCert,
                // as many as a minute of the load fills, so that it stays full
                "--session-cache=2000",
                "--renegotiation=secure");
    }

    /** Adds each as it begins, so that those can be closed if another fails to. */
    private static void begin(List<AutoCloseable> abuse, int port) throws Exception {
        byte[] garbage = new byte[4096];
        new Random(5246).nextBytes(garbage);
        byte[] garbageInARecord = garbage.clone();
        System.arraycopy(new byte[] {22, 3, 3, 0x10, 0}, 0, garbageInARecord, 0, 5);
        byte[] request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100).getBytes(StandardCharsets.US_ASCII);
        abuse.add(new Crowd(port, 100, 50, new byte[0], Manner.HOLD));
        abuse.add(new Crowd(port, 100, 20, Hellos.plain(), Manner.HOLD));
        abuse.add(new Crowd(port, 100, 50, Hellos.plain(), Manner.DRIP));
        abuse.add(new Crowd(port, 30, 10, Hellos.longest(), Manner.HOLD));
        abuse.add(new Crowd(port, 30, 10, Hellos.enormous(), Manner.HOLD));
        abuse.add(new Crowd(port, 20, 20, garbage, Manner.HOLD));
        abuse.add(new Crowd(port, 20, 20, garbageInARecord, Manner.HOLD));
        abuse.add(new Crowd(port, 20, 50, Hellos.plain(), Manner.RESET));
        abuse.add(new HostileClients(port, 2, HostileClients::leavesDuringTheWait));
        abuse.add(new HostileClients(port, 4, HostileClients::renegotiates));
        abuse.add(new HostileClients(port, 4, HostileClients.sendsWithoutReading(request)));
        abuse.add(new HostileClients(port, 2, HostileClients.sendsChain(JunkChain.of(10))));
    }

    private static void soak(int port, Spawned keys, List<Watched> watched) throws Exception {
        long seconds = TimeUnit.MINUTES.toSeconds(MINUTES);
        long begin = System.nanoTime();
        List<AutoCloseable> abuse = new ArrayList<>();
        try {
            begin(abuse, port);
            for (int sample = 1; sample <= SAMPLES; sample++) {
                long until = begin + TimeUnit.SECONDS.toNanos(seconds) / SAMPLES * sample;
                while (System.nanoTime() - until < 0) {
                    long left = Math.min(TimeUnit.SECONDS.toNanos(STALLS_APART), until - System.nanoTime());
                    TimeUnit.NANOSECONDS.sleep(left);
                    signal("STOP", keys);
                    try {
                        TimeUnit.MILLISECONDS.sleep(STALL_MILLIS);
                    } finally {
                        signal("CONT", keys);
                    }
                }
                for (Watched each : watched) {
                    each.sample();
                    System.out.println(each.line(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin)));
                }
            }
        } finally {
            long connections = 0;
            for (AutoCloseable each : abuse) {
                each.close();
                connections += each instanceof Crowd crowd ? crowd.opened() : ((HostileClients) each).deeds();
            }
            System.out.println("soak: " + connections + " connections of abusive clients");
        }
    }

    private static void signal(String name, Spawned process) throws Exception {
        try (Spawned kill = Spawned.start(Map.of(), List.of("kill", "-" + name, Long.toString(process.pid())))) {
            assertThat(kill.exitCode()).as(kill.printed()).isZero();
        }
    }

    private static void report(LoadPrograms load) {
        List<String> reports = load.reports();
        System.out.println("soak: " + load.answered() + " requests answered, " + load.unanswered() + " not");
        reports.subList(Math.max(0, reports.size() - 4), reports.size()).forEach(System.out::println);
    }

    /** With the last client gone, what is open is what was open before the first. */
    private static void comesBack(Watched server, int idle) throws Exception {
        long pid = server.process().pid();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (ProcessFigures.descriptors(pid) > idle + 8 && System.nanoTime() - deadline < 0) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        ProcessFigures end = ProcessFigures.of(pid);
        System.out.println("soak: " + idle + " descriptors before the first client; after the last " + end);
        assertThat(end.descriptors()).isLessThanOrEqualTo(idle + 8);
    }
}
