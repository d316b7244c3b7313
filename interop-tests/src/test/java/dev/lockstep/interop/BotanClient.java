package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Service;
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
 * went and goes on either way.
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
        Tools.require(List.of("botan", "stdbuf"), "botan coreutils");
    }

    @Override
    public Set<KeyKind> kinds() {
        return EnumSet.of(KeyKind.RSA_2048, KeyKind.P256);
    }

    @Override
    public Service service() {
        return Service.ECHO;
    }

    @Override
    public Exchange talk(Target target, String payload) throws IOException, InterruptedException {
        // It keeps what it prints to a pipe for itself until it ends.
        List<String> command = List.of(
                "stdbuf",
                "--output=L",
                "botan",
                "tls_client",
                "localhost",
                "--port=" + target.port(),
                "--policy=" + policy(target.certificate()),
                "--trusted-cas=" + target.trust(),
                "--skip-system-cert-store",
                "--tls1.2");
        LineClient.Result result = LineClient.run(command, Map.of(), payload);
        Exchange.Outcome outcome = Exchange.Outcome.FAILED;
        if (result.said().contains("Certificate validation status: Certificate issuer not found")) {
            outcome = Exchange.Outcome.CERTIFICATE_REFUSED;
        } else if (result.exit() == 0
                && result.echoed()
                && result.said().contains("Certificate validation status: Verified")
                && result.said().contains("Handshake complete, TLS v1.2 using ")) {
            outcome = Exchange.Outcome.COMPLETED;
        }
        return new Exchange(
                outcome, String.join(" ", command) + "\nexit status " + result.exit() + "\n" + result.said());
    }

    private Path policy(KeyKind certificate) throws IOException {
        // What a policy file leaves out stays as the library has it.
        String text = certificate.isRsa() ? "signature_methods = RSA\n" : "";
        Path file = Files.createDirectories(directory).resolve("botan-" + certificate.fileName() + ".policy");
        return Files.writeString(file, text);
    }
}
