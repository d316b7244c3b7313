package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Service;
import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code openssl s_client}. */
final class OpenSslClient implements Peer {
    /** A person's own OPENSSL_CONF must not change what is offered. */
    private static final Map<String, String> ENVIRONMENT = Map.of("OPENSSL_CONF", "/dev/null");

    private final Path directory;

    OpenSslClient(Path directory) {
        this.directory = directory;
    }

    @Override
    public String name() {
        return "OpenSSL";
    }

    @Override
    public void require() {
        Needed.programs("openssl", "openssl");
    }

    @Override
    public Set<KeyKind> kinds() {
        return EnumSet.allOf(KeyKind.class);
    }

    @Override
    public Set<Resumption> resumptions() {
        return EnumSet.allOf(Resumption.class);
    }

    @Override
    public boolean hasIdentity() {
        return true;
    }

    @Override
    public Service service() {
        return Service.ECHO;
    }

    @Override
    public Exchange talk(Target target, Visit visit) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>();
        KeyMaterial identity = visit.identity();
        if (identity != null) {
            options.addAll(List.of(
                    "-cert", identity.chain().toString(), "-key", identity.key().toString()));
        }
        if (!visit.resumes()) {
            return talk(target, options, visit.payload()).exchange();
        }
        Path file = Files.createTempFile(Files.createDirectories(directory), "session", ".pem");
        List<String> saving = new ArrayList<>(options);
        saving.addAll(List.of("-sess_out", file.toString()));
        Exchange first = talk(target, saving, visit.payload()).exchange();
        if (first.outcome() != Exchange.Outcome.COMPLETED) {
            return first;
        }
        // Without -brief, which does not tell whether the session was resumed.
        List<String> command = command(target);
        command.addAll(options);
        command.addAll(List.of("-sess_in", file.toString()));
        LineClient.Result second = LineClient.run(command, ENVIRONMENT, visit.payload());
        boolean good = second.exit() == 0
                && second.echoed()
                && second.said().contains("    Protocol  : TLSv1.2\n")
                && second.said().contains("    Verify return code: 0 (ok)\n");
        return new Exchange(
                good ? Exchange.Outcome.COMPLETED : Exchange.Outcome.FAILED,
                second.said().contains("\nReused, TLSv1.2, "),
                first.said() + String.join(" ", command) + "\n" + second.said());
    }

    /** One connection with more options, and what was agreed. */
    Session talk(Target target, List<String> options, String payload) throws IOException, InterruptedException {
        List<String> command = command(target);
        command.add("-brief");
        command.addAll(options);
        LineClient.Result result = LineClient.run(command, ENVIRONMENT, payload);
        boolean trusted = result.said().contains("Verification: OK")
                && result.said().contains("Verified peername: " + target.host());
        Exchange.Outcome outcome = Exchange.Outcome.FAILED;
        if (result.exit() == 0 && result.echoed() && trusted) {
            outcome = Exchange.Outcome.COMPLETED;
        } else if (result.exit() != 0 && result.said().contains("certificate verify failed")) {
            outcome = Exchange.Outcome.CERTIFICATE_REFUSED;
        }
        return new Session(new Exchange(outcome, false, String.join(" ", command) + "\n" + result.said()));
    }

    private static List<String> command(Target target) {
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-tls1_2"));
        command.addAll(List.of("-connect", "127.0.0.1:" + target.port()));
        command.addAll(List.of("-servername", target.host(), "-verify_hostname", target.host()));
        command.addAll(List.of("-verify_return_error", "-CAfile", target.trust().toString()));
        return command;
    }

    /** What {@code s_client -brief} says was agreed; a value that was not said is empty. */
    record Session(Exchange exchange) {
        String protocol() {
            return line("Protocol version: ");
        }

        /** OpenSSL's name of the suite. */
        String suite() {
            return line("Ciphersuite: ");
        }

        /** For instance {@code X25519, 253 bits} or {@code ECDH, prime256v1, 256 bits} or {@code DH, 2048 bits}. */
        String temporaryKey() {
            return line("Server Temp Key: ");
        }

        /** The hash of the server's signature. */
        String hash() {
            return line("Hash used: ");
        }

        /** For instance {@code RSA}, {@code RSA-PSS}, {@code ECDSA}, {@code ed25519}. */
        String signatureType() {
            return line("Signature type: ");
        }

        private String line(String label) {
            return exchange.said()
                    .lines()
                    .filter(text -> text.startsWith(label))
                    .map(text -> text.substring(label.length()).strip())
                    .findFirst()
                    .orElse("");
        }
    }
}
