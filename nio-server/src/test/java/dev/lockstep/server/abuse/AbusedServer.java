package dev.lockstep.server.abuse;

import dev.lockstep.server.Spawned;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code serve} in a process of its own with 256 MB of heap: whether it stands, and what it holds. */
final class AbusedServer implements AutoCloseable {

    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    private final Spawned process;
    final int port;

    private AbusedServer(Spawned process) throws InterruptedException {
        this.process = process;
        this.port = process.port();
    }

    static AbusedServer start(String... args) throws Exception {
        return new AbusedServer(Spawned.start(Map.of(), List.of(), args));
    }

    boolean isUp() {
        return process.handle().isAlive();
    }

    String printed() {
        return process.printed();
    }

    int descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return (int) open.count();
        }
    }

    /** Bytes of the heap in use after a collection. */
    long heap() throws IOException, InterruptedException {
        jcmd("GC.run");
        Matcher used = USED.matcher(jcmd("GC.heap_info"));
        if (!used.find()) {
            throw new AssertionError("no heap of process " + process.pid());
        }
        return Long.parseLong(used.group(1)) * 1024;
    }

    private String jcmd(String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/jcmd", Long.toString(process.pid()), command)
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!jcmd.waitFor(60, TimeUnit.SECONDS)) {
            jcmd.destroyForcibly();
        }
        return said;
    }

    @Override
    public void close() {
        process.close();
    }
}
