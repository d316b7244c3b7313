package dev.lockstep.interop.attacker;

import dev.lockstep.interop.KeyKind;
import dev.lockstep.interop.LockstepJar;
import dev.lockstep.interop.Pem;
import dev.lockstep.interop.ServerProcess;
import dev.lockstep.testkit.certificate.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The program, with a certificate for an RSA key and its trace switched on. One client at a time talks to it. */
final class AttackedServer implements AutoCloseable {
    private static final Path DIRECTORY = Path.of("target", "attacker").toAbsolutePath();
    private static final Duration LIMIT = Duration.ofSeconds(20);
    /** Events of connections and lines of the log; of failures only those that a ciphertext may cause. */
    private static final Pattern LINE =
            Pattern.compile("(#\\d+ (STATE|SUSPEND|RESUME|CLOSED|NOTE) |\\S+Z (INFO|WARNING) )"
                    + "(?!.*(sent internal_error|alert=internal_error direction=sent|Exception)).*"
                    + "|#\\d+ KEY     DECRYPT failed: javax.crypto.BadPaddingException: .*");

    private final ServerProcess process;
    private final Keys keys;
    private int mark;

    private AttackedServer(ServerProcess process, Keys keys) {
        this.process = process;
        this.keys = keys;
        this.mark = process.output().length();
    }

    static AttackedServer start(Keys keys) throws IOException, InterruptedException {
        Path directory = Files.createDirectories(DIRECTORY.resolve(keys.name()));
        KeyPair pair = KeyKind.RSA_2048.newKey();
        Path chain = Pem.write(
                directory.resolve("server.pem"),
                List.of(TestAuthority.selfSignedServer(pair, Instant.now(), "localhost")));
        Path key = Pem.write(directory.resolve("server.key"), pair);
        List<String> words = new ArrayList<>(LockstepJar.command());
        words.addAll(List.of("serve", "--host", "127.0.0.1", "--port", ServerProcess.PORT, "--echo", "--trace"));
        words.addAll(List.of("--policy", "compatible", "--alpn", "http/1.1"));
        words.addAll(List.of("--cert", chain.toString(), "--key", key.toString()));
        words.addAll(keys.options());
        return new AttackedServer(ServerProcess.start(words, LockstepJar.READY), keys);
    }

    int port() {
        return process.port();
    }

    /** Whether handshakes are suspended until the key answers. */
    boolean isSlow() {
        return keys == Keys.SLOW;
    }

    /** What the server says from here on is about the connection that comes now. */
    void mark() {
        mark = process.output().length();
    }

    /** Waits until the key was asked. */
    void awaitSuspension() {
        await("SUSPEND ");
    }

    /** Waits until the key has answered. */
    void awaitAnswer() {
        await("RESUME ");
    }

    /** Whether the key has answered. */
    boolean hasAnswered() {
        return process.output().indexOf(" -- ANSWER -> ", mark) >= 0;
    }

    private void await(String event) {
        try {
            if (!process.awaitOutput(text -> text.indexOf(event, mark) >= 0, LIMIT)) {
                throw new IllegalStateException("no " + event + "within " + LIMIT.toSeconds() + " s:\n" + said());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until the connection is over; false if it is not in time. */
    boolean awaitEnd() throws InterruptedException {
        return process.awaitOutput(text -> text.indexOf(" CLOSED ", mark) >= 0, LIMIT);
    }

    /** What was said since {@link #mark}. */
    String said() {
        return process.output().substring(mark);
    }

    /** Lines that are no events of a connection: a stack trace, a defect, an Error. */
    List<String> strange() {
        return said().lines().filter(line -> !LINE.matcher(line).matches()).toList();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.close();
    }
}
