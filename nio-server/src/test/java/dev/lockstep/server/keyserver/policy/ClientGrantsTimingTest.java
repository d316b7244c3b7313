package dev.lockstep.server.keyserver.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.testkit.util.EarlyExit;
import dev.lockstep.testkit.util.TimingComparison;
import dev.lockstep.testkit.util.TimingComparison.Subject;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How much of a pin a client's certificate matches does not show in how long it takes to refuse it. */
class ClientGrantsTimingTest {

    private static final int SAMPLES = 4_000;

    private static X509Certificate certificate;
    private static String hash;

    @BeforeAll
    static void makeCertificate() throws Exception {
        ThrowawayCa ca = new ThrowawayCa(Instant.now());
        certificate = ca.issueForLocalhost(ca.ec());
        hash = HexFormat.of().formatHex(HashAlgorithm.SHA256.digest(certificate.getEncoded()));
    }

    private static ClientGrants pin(String digits) throws UsageError {
        return ClientGrants.parse("--allow-client", List.of("sha256:" + digits), name -> Set.of());
    }

    private static String changed(int digit) {
        char other = hash.charAt(digit) == '0' ? '1' : '0';
        return hash.substring(0, digit) + other + hash.substring(digit + 1);
    }

    @Test
    void thePlaceOfTheDifferenceDoesNotShow() throws Exception {
        String first = changed(0);
        String last = changed(63);
        int[] found = new int[1];
        Subject lookup = new Subject() {
            private ClientGrants grants = pin(first);

            @Override
            public void prepare(boolean second) throws UsageError {
                grants = pin(second ? last : first);
            }

            @Override
            public void run() {
                found[0] += grants.identify(certificate, "127.0.0.1:5") == null ? 0 : 1;
            }
        };
        assertThat(TimingComparison.compare("client certificate, first or last digit of a pin", SAMPLES, lookup))
                .isLessThan(10);
        assertThat(found[0]).isZero();
    }

    /** The control. */
    @Test
    void aComparisonThatEndsAtTheFirstDifferenceIsFound() throws Exception {
        EarlyExit control = new EarlyExit(64);
        assertThat(TimingComparison.control("control, comparison of 64 bytes with an early exit", SAMPLES, control))
                .isGreaterThan(10);
        assertThat(control.equal()).isZero();
    }
}
