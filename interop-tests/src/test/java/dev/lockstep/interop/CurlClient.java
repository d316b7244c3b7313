package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Service;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** {@code curl}: one GET, the payload in a request header, the page in the answer. */
final class CurlClient implements Peer {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** curl's exit status when the peer's certificate cannot be authenticated with the given roots. */
    private static final int PEER_FAILED_VERIFICATION = 60;

    @Override
    public String name() {
        return "curl";
    }

    @Override
    public void require() {
        Tools.require(List.of("curl"), "curl");
    }

    @Override
    public Set<KeyKind> kinds() {
        return EnumSet.allOf(KeyKind.class);
    }

    @Override
    public Service service() {
        return Service.HTTP;
    }

    @Override
    public Exchange talk(Target target, String payload) throws IOException, InterruptedException {
        List<String> command = List.of(
                "curl",
                "--disable",
                "--silent",
                "--show-error",
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
                "X-Payload: " + payload.replace("\n", ""),
                "--write-out",
                "\nstatus=%{http_code} bytes=%{size_download} verify=%{ssl_verify_result}\n",
                "https://" + target.host() + ":" + target.port() + "/");
        Program.Finished result = Program.run(command, LIMIT);
        Exchange.Outcome outcome = Exchange.Outcome.FAILED;
        if (result.exit() == 0
                && result.output().contains("status=200 ")
                && !result.output().contains(" bytes=0 ")
                && result.output().contains(" verify=0\n")) {
            outcome = Exchange.Outcome.COMPLETED;
        } else if (result.exit() == PEER_FAILED_VERIFICATION) {
            outcome = Exchange.Outcome.CERTIFICATE_REFUSED;
        }
        return new Exchange(outcome, "curl " + target.host() + "\n" + result.output());
    }
}
