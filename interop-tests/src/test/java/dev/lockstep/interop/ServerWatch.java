package dev.lockstep.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the trace of a server says of the connections made between {@link #start} and {@link #close}. One watch at a time
 * has a server for itself, so that all of these connections are the watcher's.
 */
final class ServerWatch implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Pattern LINE = Pattern.compile("(?m)^#(\\d+) (.*)$");

    private final ServerProcess server;
    private final int begin;

    private ServerWatch(ServerProcess server) {
        this.server = server;
        this.begin = server.output().length();
    }

    /** Waits until no other test watches {@code server}, which was started with {@code --trace}. */
    static ServerWatch start(ServerProcess server) throws InterruptedException {
        server.watcher().acquire();
        return new ServerWatch(server);
    }

    /**
     * The handshakes that came to their end, in order. Waits until at least {@code expected} connections were begun, and
     * all that were are closed; if the time is over before that, it is what came until then.
     */
    List<TracedConnection> established(int expected) throws InterruptedException {
        server.awaitOutput(
                text -> {
                    List<TracedConnection> begun = parse(text.substring(begin));
                    return begun.size() >= expected && begun.stream().allMatch(TracedConnection::isClosed);
                },
                LIMIT);
        return parse(server.output().substring(begin)).stream()
                .filter(TracedConnection::isEstablished)
                .toList();
    }

    private static List<TracedConnection> parse(String text) {
        Map<String, List<String>> connections = new LinkedHashMap<>();
        Matcher line = LINE.matcher(text);
        while (line.find()) {
            connections.computeIfAbsent(line.group(1), id -> new ArrayList<>()).add(line.group(2));
        }
        return connections.values().stream().map(TracedConnection::new).toList();
    }

    @Override
    public void close() {
        server.watcher().release();
    }
}
