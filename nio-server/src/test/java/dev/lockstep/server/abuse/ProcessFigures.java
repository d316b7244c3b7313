package dev.lockstep.server.abuse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a JVM in another process holds at the moment. */
record ProcessFigures(long liveBytes, int descriptors, int threads, long residentBytes) {

    private static final Pattern USED = Pattern.compile("used (\\d+)K");
    private static final Pattern LIVE = Pattern.compile("Total +\\d+ +(\\d+)");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s*(\\d+) kB");
    private static final Pattern THREADS = Pattern.compile("Threads:\\s*(\\d+)");

    /** Takes all figures. */
    static ProcessFigures of(long pid) throws IOException, InterruptedException {
        long live = live(pid);
        String status = Files.readString(Path.of("/proc", Long.toString(pid), "status"));
        return new ProcessFigures(
                live, descriptors(pid), (int) number(THREADS, status), number(RESIDENT, status) * 1024);
    }

    static int descriptors(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return (int) open.count();
        }
    }

    /** Bytes of the heap that are reachable, counted in the pause of a collection: what is allocated afterwards is not in it. */
    static long live(long pid) throws IOException, InterruptedException {
        return number(LIVE, jcmd(pid, "GC.class_histogram"));
    }

    /** Bytes of the heap in use after a collection. */
    static long heap(long pid) throws IOException, InterruptedException {
        jcmd(pid, "GC.run");
        return number(USED, jcmd(pid, "GC.heap_info")) * 1024;
    }

    private static long number(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new AssertionError("no '" + pattern + "' in: " + text);
        }
        return Long.parseLong(matcher.group(1));
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(System.getProperty("java.home") + "/bin/jcmd", Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!jcmd.waitFor(60, TimeUnit.SECONDS)) {
            jcmd.destroyForcibly();
        }
        return said;
    }
}
