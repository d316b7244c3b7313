package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Service;
import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code botan tls_client}. It connects to the name that it verifies, so it asks for {@code localhost}, where the
 * server has one RSA and one ECDSA certificate, and a policy file says which it is offered. It says how the validation
 * went and continues either way.
 */
final class BotanClient implements Peer {
    private final Path directory;

    BotanClient(Path directory) {
        this.directory = directory;
    }

    @Override
    public String name() {
        return "Botan";
    }

    @Override
    public void require() {
        Needed.programs("botan coreutils", "botan", "stdbuf");
    }

    @Override
    public Set<KeyKind> kinds() {
        return EnumSet.of(KeyKind.RSA_2048, KeyKind.P256);
    }

    @Override
    public Set<Resumption> resumptions() {
        return EnumSet.allOf(Resumption.class);
    }

    @Override
    public boolean hasIdentity() {
        return false;
    }

    @Override
    public Service service() {
        return Service.ECHO;
    }

    @Override
    public Exchange talk(Target target, Visit visit) throws IOException, InterruptedException {
        Path sessions = Files.createTempDirectory(Files.createDirectories(directory), "botan");
        // It keeps what it prints to a pipe for itself until it ends, hence stdbuf.
        List<String> command = List.of(
                "stdbuf",
                "--output=L",
                "botan",
                "tls_client",
                "localhost",
                "--port=" + target.port(),
                "--policy=" + policy(target.certificate()),
                "--trusted-cas=" + target.trust(),
                "--session-db=" + sessions.resolve("sessions.db"),
                "--session-db-pass=none",
                "--skip-system-cert-store",
                "--tls1.2");
        LineClient.Result first = LineClient.run(command, Map.of(), visit.payload());
        boolean verified = first.said().contains("Certificate validation status: Verified");
        Exchange.Outcome outcome = Exchange.Outcome.FAILED;
        if (first.said().contains("Certificate validation status: Certificate issuer not found")) {
            outcome = Exchange.Outcome.CERTIFICATE_REFUSED;
        } else if (verified && isGood(first)) {
            outcome = Exchange.Outcome.COMPLETED;
        }
        String said = String.join(" ", command) + "\n" + first.said();
        if (!visit.resumes() || outcome != Exchange.Outcome.COMPLETED) {
            return new Exchange(outcome, false, said);
        }
        LineClient.Result second = LineClient.run(command, Map.of(), visit.payload());
        return new Exchange(
                isGood(second) ? Exchange.Outcome.COMPLETED : Exchange.Outcome.FAILED,
                !second.said().contains("Certificate validation status")
                        && sessionId(first).equals(sessionId(second)),
                said + second.said());
    }

    private static boolean isGood(LineClient.Result result) {
        return result.exit() == 0 && result.echoed() && result.said().contains("Handshake complete, TLS v1.2 using ");
    }

    private static String sessionId(LineClient.Result result) {
        return result.said()
                .lines()
                .filter(line -> line.startsWith("Session ID "))
                .findFirst()
                .orElse("");
    }

    private Path policy(KeyKind certificate) throws IOException {
        // What a policy file leaves out stays as the library has it.
        String text = certificate.isRsa() ? "signature_methods = RSA\n" : "";
        Path file = Files.createDirectories(directory).resolve("botan-" + certificate.fileName() + ".policy");
        return Files.writeString(file, text);
    }
}
