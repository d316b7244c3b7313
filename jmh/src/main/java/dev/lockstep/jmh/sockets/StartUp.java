package dev.lockstep.jmh.sockets;

import dev.lockstep.jmh.report.Environment;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How long {@code lockstep.jar serve} takes from the start of its process to its first handshake, and how long the first
 * thousand of them take one after another: with and without the class-data archive that {@code dist/lockstep-archive}
 * makes, with and without {@code --warm-up}.
 */
public final class StartUp {
    private static final int HANDSHAKES = 1000;
    private static final double MILLI = 1e6;
    private static final List<String> SCRIPTS = List.of("lockstep", "lockstep-archive");

    private final SocketOptions options;
    private final Map<Variant, List<Times>> times = new LinkedHashMap<>();

    private StartUp(SocketOptions options) {
        this.options = options;
    }

    /** A row of the table. */
    private record Variant(String jdk, boolean archive, boolean warmUp) {}

    /**
     * One life of a server, in milliseconds.
     *
     * @param first from the start of the process to the end of the first handshake
     * @param sorted how long handshakes took, from the client's SYN to its Finished being read or sent
     */
    private record Times(double open, double first, double[] sorted) {
        double percentile(int percent) {
            return sorted[(sorted.length * percent + 99) / 100 - 1];
        }
    }

    /** Measures in turn, as often as there are rounds, and reports. */
    public static void run(SocketOptions options) throws IOException, GeneralSecurityException, InterruptedException {
        if (!TlsClient.isAvailable()) {
            throw new IOException("netty-tcnative, whose client is used, has no library for this platform");
        }
        StartUp startUp = new StartUp(options);
        try (Site site = Site.create()) {
            Map<String, Path> plain = new LinkedHashMap<>();
            Map<String, Path> archived = new LinkedHashMap<>();
            for (String jvm : options.jvms()) {
                plain.put(jvm, startUp.install(site, jvm, false));
                archived.put(jvm, startUp.install(site, jvm, true));
            }
            // The first one warms the client and is not counted.
            startUp.measure(site, options.jvms().get(0), plain, false);
            for (int round = 1; round <= options.rounds(); round++) {
                for (String jvm : options.jvms()) {
                    String jdk = Sockets.version(jvm);
                    for (boolean warmUp : new boolean[] {false, true}) {
                        startUp.add(new Variant(jdk, false, warmUp), startUp.measure(site, jvm, plain, warmUp));
                        startUp.add(new Variant(jdk, true, warmUp), startUp.measure(site, jvm, archived, warmUp));
                    }
                }
            }
        }
        String text = startUp.table();
        Files.writeString(
                Files.createDirectories(options.out().toAbsolutePath()).resolve("start-up.md"), text);
        System.out.println(text);
    }

    private void add(Variant variant, Times measured) {
        times.computeIfAbsent(variant, v -> new ArrayList<>()).add(measured);
    }

    /** Puts jar and scripts beside each other, as a package does, and makes the archive. */
    private Path install(Site site, String jvm, boolean archive) throws IOException, InterruptedException {
        Path home = home();
        Path jar = home.resolve(Path.of("nio-server", "target", "lockstep.jar"));
        if (!Files.exists(jar)) {
            throw new IOException(jar + " is missing; mvn package makes it");
        }
        Path place = Files.createTempDirectory(site.directory(), "lib");
        Files.copy(jar, place.resolve("lockstep.jar"));
        for (String script : SCRIPTS) {
            Files.copy(home.resolve("dist").resolve(script), place.resolve(script));
        }
        if (archive) {
            Process process = new ProcessBuilder(script(jvm, place, "lockstep-archive"))
                    .redirectErrorStream(true)
                    .start();
            String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("no archive was made: " + told.strip());
            }
        }
        return place;
    }

    /** The directory of the repository, in which this program was built. */
    private static Path home() throws IOException {
        try {
            Path program = Path.of(StartUp.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return program.resolve(Path.of("..", "..", "..")).normalize(); // jmh/target/benchmarks.jar
        } catch (URISyntaxException e) {
            throw new IOException("where this program lies cannot be told", e);
        }
    }

    /** Each script becomes what it starts, so that the process is the JVM. */
    private static List<String> script(String jvm, Path place, String script) throws IOException {
        Path javaHome = Path.of(jvm).toRealPath().resolve(Path.of("..", "..")).normalize();
        return List.of(
                "env", "JAVA_HOME=" + javaHome, "sh", place.resolve(script).toString());
    }

    private Times measure(Site site, String jvm, Map<String, Path> places, boolean warmUp)
            throws IOException, InterruptedException {
        int port = ServerProcess.freePort();
        List<String> command = new ArrayList<>(script(jvm, places.getOrDefault(jvm, site.directory()), "lockstep"));
        command.addAll(List.of("serve", "--port", String.valueOf(port), "--drain", "1s"));
        command.addAll(
                List.of("--cert", site.chain().toString(), "--key", site.key().toString()));
        if (warmUp) {
            command.add("--warm-up");
        }
        try (TlsClient client = new TlsClient(port)) {
            client.engine(false).release(); // what it loads once is loaded before the time begins
            long began = System.nanoTime();
            try (ServerProcess server = ServerProcess.start("lockstep.jar", command, site.directory(), port)) {
                double open = (System.nanoTime() - began) / MILLI;
                double[] took = new double[HANDSHAKES];
                took[0] = Probe.handshakeNanos(client) / MILLI;
                double first = (System.nanoTime() - began) / MILLI;
                for (int i = 1; i < HANDSHAKES; i++) {
                    took[i] = Probe.handshakeNanos(client) / MILLI;
                }
                Arrays.sort(took);
                System.err.printf(Locale.ROOT, "%s: first handshake after %.0f ms%n", server.name(), first);
                return new Times(open, first, took);
            }
        }
    }

    private String table() {
        Environment environment = Environment.here();
        StringBuilder out = new StringBuilder("Measured " + environment.date() + " on " + environment.machine()
                + "; load average " + environment.load() + " at the end; medians over " + options.rounds()
                + " starts each.\n\n| JDK | archive | --warm-up | port open, ms | first handshake, ms"
                + " | of the first 1000: p50, ms | p99, ms | slowest, ms |\n|---|---|---|---:|---:|---:|---:|---:|\n");
        times.forEach((variant, all) -> out.append(String.format(
                Locale.ROOT,
                "| %s | %s | %s | %.0f | %.0f | %.2f | %.1f | %.1f |%n",
                variant.jdk(),
                variant.archive() ? "yes" : "no",
                variant.warmUp() ? "yes" : "no",
                median(all, Times::open),
                median(all, Times::first),
                median(all, t -> t.percentile(50)),
                median(all, t -> t.percentile(99)),
                median(all, t -> t.percentile(100)))));
        return out.toString();
    }

    private static double median(List<Times> all, ToDoubleFunction<Times> value) {
        double[] sorted = all.stream().mapToDouble(value).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
