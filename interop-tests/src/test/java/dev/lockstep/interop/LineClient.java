package dev.lockstep.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Drives a client that sends its input and prints what it receives, against a server that echoes. */
final class LineClient {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private LineClient() {}

    /**
     * How it went.
     *
     * @param echoed whether all that was sent came back, in order
     * @param exit the exit status
     * @param said everything printed
     */
    record Result(boolean echoed, int exit, String said) {}

    /** Sends {@code payload}, waits until all of it is back, ends the input. */
    static Result run(List<String> command, Map<String, String> environment, String payload)
            throws IOException, InterruptedException {
        try (Program client = Program.start(command, environment, Path.of("."))) {
            try {
                client.send(payload.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                // It ended before it read its input, as a client that refuses the certificate does.
                return new Result(false, client.awaitExit(LIMIT), client.output());
            }
            boolean echoed = client.awaitOutput(text -> text.contains(payload), LIMIT);
            if (client.isAlive()) {
                client.endInput();
            }
            return new Result(echoed, client.awaitExit(LIMIT), client.output());
        }
    }
}
