package dev.lockstep.keys.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.peer.ClientCertificateVerifier;
import dev.lockstep.tls.peer.PkixVerifier;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.psk.PskRequest;
import dev.lockstep.tls.psk.PskSource;
import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.session.TicketOpening;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** An adapter asks the question elsewhere and forwards the rest. */
class SpiAdaptersTest {

    private final List<String> calls = new ArrayList<>();
    private final ResumableSession session = ResumableSession.builder(
                    CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, new byte[48], 1)
            .build();

    @Test
    void aSessionStoreKeepsAndForgetsAsBefore() throws Exception {
        SessionStore store = new SessionStore() {
            @Override
            public Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) {
                return Start.fallThrough();
            }

            @Override
            public Duration lookupTimeout() {
                return Duration.ofMillis(7);
            }

            @Override
            public void put(SessionId id, ResumableSession kept) {
                calls.add("put");
            }

            @Override
            public void remove(SessionId id) {
                calls.add("remove");
            }
        };
        Start<Optional<ResumableSession>> answer = Start.done(Optional.empty());
        SessionStore adapted = SpiAdapters.sessionStore(store, (lookup, waker) -> answer);
        SessionId id = new SessionId(new byte[1]);
        adapted.put(id, session);
        adapted.remove(id);

        assertThat(adapted.start(new SessionLookup(id, null, OptionalLong.empty()), () -> {}))
                .isSameAs(answer);
        assertThat(adapted.lookupTimeout()).isEqualTo(Duration.ofMillis(7));
        assertThat(calls).containsExactly("put", "remove");
    }

    @Test
    void aTicketProtectorSealsAsBefore() throws Exception {
        TicketProtector protector = new TicketProtector() {
            @Override
            public byte[] seal(ResumableSession sealed) {
                return new byte[] {9};
            }

            @Override
            public Start<Optional<OpenedTicket>> start(TicketOpening opening, Waker waker) {
                return Start.fallThrough();
            }

            @Override
            public Duration openTimeout() {
                return Duration.ofMillis(8);
            }
        };
        Start<Optional<OpenedTicket>> answer = Start.done(Optional.empty());
        TicketProtector adapted = SpiAdapters.ticketProtector(protector, (opening, waker) -> answer);

        assertThat(adapted.start(new TicketOpening(new byte[1], null, OptionalLong.empty()), () -> {}))
                .isSameAs(answer);
        assertThat(adapted.seal(session)).containsExactly(9);
        assertThat(adapted.openTimeout()).isEqualTo(Duration.ofMillis(8));
    }

    @Test
    void aPskSourceKeepsTheLengthOfItsStandIns() throws Exception {
        PskSource source = new PskSource() {
            @Override
            public Start<Optional<byte[]>> start(PskRequest request, Waker waker) {
                return Start.fallThrough();
            }

            @Override
            public int standInLength() {
                return 17;
            }

            @Override
            public byte[] sessionContext() {
                return new byte[] {7};
            }
        };
        PskSource adapted = SpiAdapters.pskSource(source, (request, waker) -> Start.done(Optional.empty()));

        assertThat(adapted.standInLength()).isEqualTo(17);
        assertThat(adapted.sessionContext()).containsExactly(7);
    }

    @Test
    void aVerifierNamesTheSameAuthorities() throws Exception {
        PkixVerifier pkix = PkixVerifier.trusting(List.of(TestIdentity.P256.certificate()));
        ClientCertificateVerifier adapted =
                SpiAdapters.verifier(pkix, (request, waker) -> Start.done(Verdict.accepted()));

        assertThat(adapted.acceptedIssuers())
                .containsExactly(TestIdentity.P256.certificate().getIssuerX500Principal());
    }
}
