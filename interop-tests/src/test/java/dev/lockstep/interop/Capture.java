package dev.lockstep.interop;

import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Packets of one loopback port, written by Wireshark's dumpcap and read by tshark. */
final class Capture implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Program dumpcap;
    private final Path file;
    private final int port;

    private Capture(Program dumpcap, Path file, int port) {
        this.dumpcap = dumpcap;
        this.file = file;
        this.port = port;
    }

    /** Returns when packets are being captured; who may not capture skips the test, see {@link Needed#absent}. */
    static Capture start(int port, Path file) throws IOException, InterruptedException {
        Program dumpcap =
                Program.start(List.of("dumpcap", "-i", "lo", "-f", "tcp port " + port, "-w", file.toString()));
        if (!dumpcap.awaitOutput(text -> text.contains("File: "), LIMIT)) {
            String said = dumpcap.output();
            dumpcap.close();
            throw Needed.absent("dumpcap cannot capture on the loopback interface; it needs root, or: setcap "
                    + "cap_net_raw,cap_net_admin+eip $(command -v dumpcap). It said:\n" + said);
        }
        return new Capture(dumpcap, file, port);
    }

    /** Waits until the file holds the end of {@code connections} connections. */
    void awaitEnds(int connections) throws IOException, InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        long seen = 0;
        while (seen < connections) {
            if (System.nanoTime() > end) {
                throw new IOException(
                        "only " + seen + " of " + connections + " connections were captured to their end");
            }
            seen = tshark("-Y", "tcp.flags.fin == 1 || tcp.flags.reset == 1", "-T", "fields", "-e", "tcp.stream")
                    .lines()
                    .filter(line -> line.matches("\\d+"))
                    .distinct()
                    .count();
        }
    }

    /** The application data of the first {@code connections} connections as far as tshark can read it. */
    String applicationData(int connections, List<String> options) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(options);
        words.add("-q");
        for (int i = 0; i < connections; i++) {
            words.addAll(List.of("-z", "follow,tls,ascii," + i));
        }
        return tshark(words.toArray(String[]::new));
    }

    private String tshark(String... options) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("tshark", "-r", file.toString(), "-d", "tcp.port==" + port + ",tls"));
        command.addAll(List.of(options));
        // A file that still grows may end within a packet: tshark says so and shows what came before.
        return Program.run(command, LIMIT).output();
    }

    @Override
    public void close() {
        dumpcap.close();
    }
}
