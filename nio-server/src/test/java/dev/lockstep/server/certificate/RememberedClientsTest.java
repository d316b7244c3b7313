package dev.lockstep.server.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.spec.AlertDescription;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long a verdict about a client of a key server is remembered. */
class RememberedClientsTest {

    private final X509Certificate client = TestIdentity.P256.certificate();
    private final List<X509Certificate> chain = List.of(client);
    private Instant now;
    private boolean isRevoked;
    private int verified;
    private ClientTrust trust;

    @BeforeEach
    void trustTheClient() {
        now = client.getNotBefore().toInstant().plus(Duration.ofDays(1));
        trust = new ClientTrust(
                request -> {
                    verified++;
                    return isRevoked
                            ? Verdict.rejected(AlertDescription.CERTIFICATE_REVOKED, "revoked")
                            : Verdict.accepted(chain);
                },
                List.of(),
                List.of(),
                () -> now);
    }

    @Test
    void aClientThatWasAcceptedIsNotVerifiedOnceMore() throws Exception {
        Instant end = client.getNotAfter().toInstant();
        for (int i = 0; i < 3; i++) {
            assertThat(trust.verify(chain)).isEqualTo(end);
        }
        assertThat(verified).isEqualTo(1);
        now = end;
        assertThat(trust.verify(chain)).isEqualTo(end);
        assertThat(verified).isEqualTo(1);
    }

    @Test
    void itIsVerifiedWhenTheVerdictHasEndedAndWhenTheClockWasSetBack() throws Exception {
        assertThat(trust.verify(chain)).isAfter(now);
        isRevoked = true;
        Instant before = now;
        now = client.getNotAfter().toInstant().plusMillis(1);
        assertThatThrownBy(() -> trust.verify(chain)).isInstanceOf(CertificateException.class);
        now = before.minusMillis(1);
        assertThatThrownBy(() -> trust.verify(chain)).isInstanceOf(CertificateException.class);
        assertThat(verified).isEqualTo(3);
    }

    @Test
    void aRefusalIsNotRemembered() throws Exception {
        isRevoked = true;
        assertThatThrownBy(() -> trust.verify(chain)).hasMessage("revoked");
        isRevoked = false;
        assertThat(trust.verify(chain)).isEqualTo(client.getNotAfter().toInstant());
    }

    @Test
    void otherChainsAreOtherClientsAndOnlyTheLastFewAreRemembered() throws Exception {
        for (int length = 1; length <= ClientTrust.REMEMBERED + 1; length++) {
            assertThat(trust.verify(Collections.nCopies(length, client))).isAfter(now);
        }
        assertThat(verified).isEqualTo(ClientTrust.REMEMBERED + 1);
        assertThat(trust.verify(Collections.nCopies(2, client))).isAfter(now);
        assertThat(verified).isEqualTo(ClientTrust.REMEMBERED + 1);
        assertThat(trust.verify(chain)).isAfter(now);
        assertThat(verified).isEqualTo(ClientTrust.REMEMBERED + 2);
    }

    @Test
    void afterAReloadTheClientsFromBeforeAreVerifiedAlready() throws Exception {
        assertThat(trust.verify(chain)).isAfter(now);
        ClientTrust before = trust;
        trustTheClient();
        trust.verifyClientsOf(before);
        assertThat(verified).isEqualTo(2);
        assertThat(trust.verify(chain)).isAfter(now);
        assertThat(verified).isEqualTo(2);
    }

    @Test
    void aClientThatTheReloadRevokesIsRefused() throws Exception {
        assertThat(trust.verify(chain)).isAfter(now);
        ClientTrust before = trust;
        trustTheClient();
        isRevoked = true;
        trust.verifyClientsOf(before);
        assertThatThrownBy(() -> trust.verify(chain)).hasMessage("revoked");
    }
}
