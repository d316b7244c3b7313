package dev.lockstep.jmh.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Without which a figure says nothing.
 *
 * @param date the day of the run, UTC
 * @param machine processor, number of cores and operating system
 * @param load the load average when the run began: what else kept the machine busy
 * @param libraries names and versions
 */
public record Environment(String date, String machine, String load, Map<String, String> libraries) {

    /** Looks at this machine, now. */
    public static Environment here() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return new Environment(
                LocalDate.now(ZoneOffset.UTC).toString(),
                String.format(
                        Locale.ROOT,
                        "%d cores, %s, %s %s",
                        Runtime.getRuntime().availableProcessors(),
                        processor(),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch")),
                String.format(Locale.ROOT, "%.1f", load),
                versions());
    }

    private static String processor() {
        Path info = Path.of("/proc/cpuinfo");
        try {
            return Files.readAllLines(info).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown processor");
        } catch (IOException e) {
            // Other systems say it elsewhere; the report's reader will have to.
            return "unknown processor";
        }
    }

    private static Map<String, String> versions() {
        Properties properties = new Properties();
        try (InputStream in = Objects.requireNonNull(
                Environment.class.getResourceAsStream("/dev/lockstep/jmh/versions.properties"))) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> versions = new TreeMap<>();
        properties.forEach((name, version) -> versions.put(name.toString(), version.toString()));
        return versions;
    }
}
