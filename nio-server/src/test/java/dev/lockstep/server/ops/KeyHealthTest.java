package dev.lockstep.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.compose.KeyOperation;
import dev.lockstep.keys.compose.ObservedOperation.Outcome;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.LogFormat;
import dev.lockstep.server.metrics.Metrics;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger.Level;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What counts as a failure of a key. */
class KeyHealthTest {

    private final EventLog log =
            EventLog.to(new PrintWriter(new StringWriter()), LogFormat.TEXT, Level.INFO, Clock.systemUTC());
    private final KeyHealth health = new KeyHealth(log, new Metrics());
    private X509Certificate certificate;

    @BeforeEach
    void makeCertificate() throws Exception {
        ThrowawayCa ca = new ThrowawayCa(Instant.now());
        certificate = ca.issueForLocalhost(ca.ec());
    }

    private void fails(Reason reason) {
        ends(1, Outcome.FAILED, new OperationException(reason, "as a test says"));
    }

    private void ends(long serviceNanos, Outcome outcome, OperationException failure) {
        health.onOperation(new KeyOperation(
                KeyOperation.Kind.SIGN,
                certificate,
                SignatureScheme.ECDSA_SECP256R1_SHA256,
                OptionalLong.empty(),
                serviceNanos,
                outcome,
                failure));
    }

    @Test
    void aRefusalIsNoFailureOfTheKey() {
        fails(Reason.REJECTED);
        assertThat(health.isWorking()).isTrue();
        assertThat(health.failing()).isEmpty();
    }

    @Test
    void aFailureLastsUntilTheKeySigns() {
        fails(Reason.KEY_UNAVAILABLE);
        assertThat(health.isWorking()).isFalse();
        assertThat(health.failing()).containsExactly(certificate.getPublicKey());
        health.works(certificate.getPublicKey());
        assertThat(health.isWorking()).isTrue();
    }

    /** One of two loops hears of the end of the key server before the other has read the last answers. */
    @Test
    void aSignatureThatBeganBeforeTheFailureDoesNotEndIt() {
        fails(Reason.KEY_UNAVAILABLE);
        ends(TimeUnit.HOURS.toNanos(1), Outcome.DONE, null);
        assertThat(health.isWorking()).isFalse();
        ends(0, Outcome.DONE, null);
        assertThat(health.isWorking()).isTrue();
    }
}
