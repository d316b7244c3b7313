package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Service;
import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * {@code wget}, which is GnuTLS on Debian: one GET. It connects to the name that it verifies, so it asks for
 * {@code localhost}, where the server has one RSA and one ECDSA certificate, and is told what to offer. It
 * resumes no sessions in HTTPS.
 */
final class WgetClient implements Peer {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int TLS_FAILED = 5;

    @Override
    public String name() {
        return "wget";
    }

    @Override
    public void require() {
        Needed.programs("wget", "wget");
    }

    @Override
    public Set<KeyKind> kinds() {
        return EnumSet.of(KeyKind.RSA_2048, KeyKind.P256);
    }

    @Override
    public Set<Resumption> resumptions() {
        return EnumSet.noneOf(Resumption.class);
    }

    @Override
    public boolean hasIdentity() {
        return true;
    }

    @Override
    public Service service() {
        return Service.HTTP;
    }

    @Override
    public Exchange talk(Target target, Visit visit) throws IOException, InterruptedException {
        String without = target.certificate().isRsa() ? "-ECDHE-ECDSA" : "-ECDHE-RSA:-DHE-RSA:-RSA";
        List<String> command = new ArrayList<>(List.of(
                "wget",
                "--no-config",
                "--no-verbose",
                "--no-proxy",
                "--no-hsts",
                "--tries=1",
                "--timeout=20",
                "--ciphers=" + GnuTlsClient.DEFAULTS + ":" + without,
                "--ca-certificate=" + target.trust(),
                "--header=X-Payload: " + visit.payload().replace("\n", ""),
                "--output-document=-"));
        KeyMaterial identity = visit.identity();
        if (identity != null) {
            command.addAll(List.of("--certificate=" + identity.chain(), "--private-key=" + identity.key()));
        }
        command.add("https://localhost:" + target.port() + "/");
        Program.Finished result = Program.run(command, LIMIT);
        Exchange.Outcome outcome = Exchange.Outcome.FAILED;
        if (result.exit() == 0 && HttpClients.pages(result.output()) == 1) {
            outcome = Exchange.Outcome.COMPLETED;
        } else if (result.exit() == TLS_FAILED && result.output().contains("doesn't have a known issuer")) {
            outcome = Exchange.Outcome.CERTIFICATE_REFUSED;
        }
        return new Exchange(outcome, false, String.join(" ", command) + "\n" + result.output());
    }
}
