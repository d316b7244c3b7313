package dev.lockstep.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A {@link TokenProgram}, seen from the test. */
final class TokenProcess {

    private static final int BOUND_SECONDS = 20;

    private final Path errors;
    private final Writer in;
    private final BufferedReader out;

    /** Starts it in the host's environment; {@link #answer} tells whether it has the token open. */
    TokenProcess(TokenHost host, Path library, String pin) throws IOException {
        errors = host.directory.resolve("error.log");
        Process process = host.converse(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                TokenProgram.class.getName(),
                library.toString(),
                pin);
        in = process.outputWriter();
        out = process.inputReader();
    }

    /** The program's next line. */
    private String answer() throws Exception {
        String line = CompletableFuture.supplyAsync(() -> {
                    try {
                        return String.valueOf(out.readLine());
                    } catch (IOException e) {
                        return e.toString();
                    }
                })
                .get(BOUND_SECONDS, TimeUnit.SECONDS);
        assertThat(line).as(() -> errors()).isNotEqualTo("null");
        return line;
    }

    private String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            return e.toString();
        }
    }

    TokenProcess opens() throws Exception {
        assertThat(answer()).isEqualTo("served");
        return this;
    }

    /** Cannot open the token; tells that quickly and with the reason KEY_UNAVAILABLE. */
    void doesNotOpen() throws Exception {
        assertFailed(answer(), "NONE", "KEY_UNAVAILABLE", 0, 5_000);
    }

    void serves(String keyType, String suite) throws Exception {
        assertThat(handshake(keyType, suite)).as(() -> errors()).isEqualTo("served");
    }

    /** A handshake ends with internal_error for this reason, and takes so long. */
    void fails(String keyType, String suite, String reason, long leastMillis, long mostMillis) throws Exception {
        assertFailed(handshake(keyType, suite), "INTERNAL_ERROR", reason, leastMillis, mostMillis);
    }

    String handshake(String keyType, String suite) throws Exception {
        in.write(keyType + " " + suite + "\n");
        in.flush();
        return answer();
    }

    private static void assertFailed(String answer, String alert, String reason, long leastMillis, long mostMillis) {
        assertThat(answer).startsWith(alert + " " + reason + " ");
        assertThat(Long.parseLong(answer.split(" ")[2])).as(answer).isBetween(leastMillis, mostMillis);
    }
}
