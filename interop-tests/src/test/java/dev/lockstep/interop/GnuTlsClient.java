package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Service;
import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code gnutls-cli}. */
final class GnuTlsClient implements Peer {
    /** Everything the library turns on by itself, without TLS 1.3 and what is older than 1.2. */
    static final String DEFAULTS = "NORMAL:-VERS-ALL:+VERS-TLS1.2";

    @Override
    public String name() {
        return "GnuTLS";
    }

    @Override
    public void require() {
        Needed.programs("gnutls-bin", "gnutls-cli");
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
        return talk(target, DEFAULTS, visit);
    }

    /** The payload goes over the last connection: gnutls-cli ends the one before as soon as it has the session. */
    Exchange talk(Target target, String priority, Visit visit) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "gnutls-cli",
                "--x509cafile=" + target.trust(),
                "--priority=" + priority,
                "--sni-hostname=" + target.host(),
                "--verify-hostname=" + target.host(),
                "--port=" + target.port()));
        if (visit.resumes()) {
            command.add("--resume");
        }
        KeyMaterial identity = visit.identity();
        if (identity != null) {
            command.addAll(List.of("--x509certfile=" + identity.chain(), "--x509keyfile=" + identity.key()));
        }
        command.add("127.0.0.1");
        LineClient.Result result = LineClient.run(command, Map.of(), visit.payload());
        Exchange.Outcome outcome = Exchange.Outcome.FAILED;
        if (result.exit() == 0
                && result.echoed()
                && result.said().contains("- Status: The certificate is trusted.")
                && result.said().contains("- Description: (TLS1.2")) {
            outcome = Exchange.Outcome.COMPLETED;
        } else if (result.exit() != 0 && result.said().contains("- Status: The certificate is NOT trusted.")) {
            outcome = Exchange.Outcome.CERTIFICATE_REFUSED;
        }
        boolean resumed = result.said().contains("*** This is a resumed session");
        return new Exchange(outcome, resumed, String.join(" ", command) + "\n" + result.said());
    }
}
