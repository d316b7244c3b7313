package dev.lockstep.server.serve;

import dev.lockstep.server.HelpSection;
import dev.lockstep.server.Numbers;
import dev.lockstep.server.UsageError;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.RenegotiationPolicy.LegacyClients;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether clients may negotiate an established connection again. */
@HelpSection("Protocol")
final class RenegotiationOptions {

    private static final String ONE_OF_THEM = "use none, secure or legacy";

    /** A day, in seconds. */
    private static final int LONGEST_INTERVAL = 86_400;

    @Option(
            names = "--renegotiation",
            paramLabel = "MODE",
            description = "none (default); secure, bound as RFC 5746 says; legacy, unbound too, for test benches only.")
    private String mode = "none";

    @Option(
            names = "--max-renegotiations",
            paramLabel = "N",
            description = "How many one connection may have, 1 to 1048576; 10 with --renegotiation by default.")
    private @Nullable String most;

    @Option(
            names = "--renegotiation-interval",
            paramLabel = "SECONDS",
            description = "The least time between the beginnings of two handshakes of a connection, 0 to 86400; more"
                    + " frequent ones are refused. 0 by default.")
    private @Nullable String interval;

    @Option(
            names = "--require-rfc5746",
            description = "Refuse clients that do not know secure renegotiation (RFC 5746) with handshake_failure.")
    private boolean requireSecure;

    void apply(TlsServerConfigBuilder builder) throws UsageError {
        if (requireSecure && mode.equals("legacy")) {
            throw new UsageError("--require-rfc5746", "contradicts --renegotiation legacy", "choose one");
        }
        if (mode.equals("none") && most != null) {
            throw new UsageError("--max-renegotiations", "there is no renegotiation", "add --renegotiation secure");
        }
        if (mode.equals("none") && interval != null) {
            throw new UsageError("--renegotiation-interval", "there is no renegotiation", "add --renegotiation secure");
        }
        int number = most == null ? 10 : Numbers.require("--max-renegotiations", most, 1, 1 << 20, "give a number");
        int seconds = interval == null
                ? 0
                : Numbers.require("--renegotiation-interval", interval, 0, LONGEST_INTERVAL, "give seconds");
        RenegotiationPolicy allowed =
                RenegotiationPolicy.ALLOWED.withMaxRenegotiations(number).withMinInterval(Duration.ofSeconds(seconds));
        RenegotiationPolicy policy =
                switch (mode) {
                    case "none" -> RenegotiationPolicy.REFUSED;
                    case "secure" -> allowed;
                    case "legacy" -> allowed.withLegacyClients(LegacyClients.RENEGOTIATE_UNBOUND);
                    default -> throw new UsageError("--renegotiation", "'" + mode + "' is no mode", ONE_OF_THEM);
                };
        builder.renegotiation(requireSecure ? policy.withLegacyClients(LegacyClients.REFUSE) : policy);
    }
}
