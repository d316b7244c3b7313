package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Service;
import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code curl}: one GET, the payload in a request header, the page in the answer. */
final class CurlClient implements Peer {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** curl's exit status when the peer's certificate cannot be authenticated with the given roots. */
    private static final int PEER_FAILED_VERIFICATION = 60;

    /** Printed after each page. */
    private static final String ANSWERED = "\nanswered=good\n";

    @Override
    public String name() {
        return "curl";
    }

    @Override
    public void require() {
        Needed.programs("curl", "curl");
    }

    @Override
    public Set<KeyKind> kinds() {
        return EnumSet.allOf(KeyKind.class);
    }

    /** It turns tickets off. */
    @Override
    public Set<Resumption> resumptions() {
        return EnumSet.of(Resumption.ID);
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
        List<String> command = new ArrayList<>(List.of(
                "curl",
                "--disable",
                "--silent",
                "--show-error",
                "--verbose",
                "--noproxy",
                "*",
                "--tlsv1.2",
                "--tls-max",
                "1.2",
                "--cacert",
                target.trust().toString(),
                "--resolve",
                target.host() + ":" + target.port() + ":127.0.0.1",
                "--header",
                "X-Payload: " + visit.payload().replace("\n", ""),
                "--write-out",
                ANSWERED.replace("good", "%{http_code},%{ssl_verify_result}")));
        KeyMaterial identity = visit.identity();
        if (identity != null) {
            command.addAll(List.of(
                    "--cert",
                    identity.chain().toString(),
                    "--key",
                    identity.key().toString()));
        }
        // The server closes after each page, so the second address means a second connection.
        command.addAll(
                Collections.nCopies(visit.connections(), "https://" + target.host() + ":" + target.port() + "/"));
        Program.Finished result = Program.run(command, LIMIT);
        Exchange.Outcome outcome = Exchange.Outcome.FAILED;
        if (result.exit() == 0
                && HttpClients.pages(result.output()) == visit.connections()
                && count(result.output(), ANSWERED.replace("good", "200,0")) == visit.connections()) {
            outcome = Exchange.Outcome.COMPLETED;
        } else if (result.exit() == PEER_FAILED_VERIFICATION) {
            outcome = Exchange.Outcome.CERTIFICATE_REFUSED;
        }
        boolean resumed = visit.resumes() && count(result.output(), "(IN), TLS handshake, Certificate (11)") == 1;
        return new Exchange(outcome, resumed, String.join(" ", command) + "\n" + result.output());
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
