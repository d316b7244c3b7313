package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The policy that the options of renegotiation make. */
class RenegotiationOptionsTest {

    private static RenegotiationPolicy policy(String... options) throws Exception {
        ThrowawayCa ca = new ThrowawayCa(Instant.now());
        KeyPair keys = ca.ec();
        TlsServerConfigBuilder builder = TlsServerConfig.builder()
                .credential(Credential.local(List.of(ca.issueForLocalhost(keys)), keys.getPrivate()));
        CommandLine.populateCommand(new RenegotiationOptions(), options).apply(builder);
        return builder.build().renegotiation();
    }

    @Test
    void theIntervalIsTheOneThatWasAskedFor() throws Exception {
        assertThat(policy("--renegotiation", "secure", "--renegotiation-interval", "7"))
                .isEqualTo(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ofSeconds(7)));
        assertThat(policy("--renegotiation", "secure").minInterval()).isZero();
        assertThat(policy()).isEqualTo(RenegotiationPolicy.REFUSED);
    }
}
