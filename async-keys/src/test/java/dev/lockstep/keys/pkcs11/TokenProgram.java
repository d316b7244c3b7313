package dev.lockstep.keys.pkcs11;

import dev.lockstep.testkit.JdkConversation;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.wait.OperationException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A server in a process of its own, since PKCS#11 libraries take their settings from the environment and are initialized
 * once in a process. It opens the token, and for each line on its standard input, a type of key and a suite, it does a
 * handshake. Each is answered with a line: "served", or alert, reason and milliseconds, and the message.
 */
final class TokenProgram {

    static final Duration KEY_OPERATION_TIMEOUT = Duration.ofMillis(1500);

    private TokenProgram() {}

    /** Arguments: library and PIN. */
    public static void main(String[] arguments) throws Exception {
        long started = System.nanoTime();
        try (Pkcs11Keys keys = Pkcs11Keys.builder(Path.of(arguments[0]))
                .pin(arguments[1]::toCharArray)
                .concurrency(2)
                .open()) {
            serve(keys);
        } catch (OperationException e) {
            say("NONE " + failed(e, started));
        }
        // A worker that hangs in the library must not keep the process.
        Runtime.getRuntime().halt(0);
    }

    private static void serve(Pkcs11Keys keys) throws Exception {
        Map<String, TlsServerConfig> servers = new HashMap<>();
        for (X509Certificate certificate : keys.certificates()) {
            servers.put(
                    certificate.getPublicKey().getAlgorithm(),
                    TlsServerConfig.builder()
                            .policy(Policy.COMPATIBLE)
                            .credential(keys.credential(List.of(certificate)))
                            .keyOperationTimeout(KEY_OPERATION_TIMEOUT)
                            .build());
        }
        say("served");
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            long started = System.nanoTime();
            JdkConversation talk =
                    JdkConversation.of(servers.get(words[0]), words[1]).advances();
            while (talk.isSuspended()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                talk.advances();
            }
            TlsException failure = talk.run().server().failure();
            if (failure == null) {
                say(
                        talk.echoed()
                                ? "served"
                                : "NONE NONE 0 no echo: " + talk.client().failure());
            } else {
                say(failure.alert() + " " + failed(failure, started));
            }
        }
    }

    private static String failed(Throwable failure, long started) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
        String reason = "NONE";
        StringBuilder text = new StringBuilder();
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (reason.equals("NONE") && cause instanceof OperationException operation) {
                reason = operation.reason().name();
            }
            text.append(cause.getMessage()).append("; ");
        }
        return reason + " " + millis + " " + text;
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
