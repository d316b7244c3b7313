package dev.lockstep.keys.compose;

import static dev.lockstep.keys.Failures.down;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.Discard;
import dev.lockstep.keys.ExecutorAsk;
import dev.lockstep.keys.FutureAsk;
import dev.lockstep.keys.InlineKey;
import dev.lockstep.keys.Operations;
import dev.lockstep.keys.Requests;
import dev.lockstep.keys.WorkerPools;
import dev.lockstep.testkit.JdkConversation;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.session.MemorySessionStore;
import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.TicketKeyRing;
import dev.lockstep.tls.session.TicketOpening;
import dev.lockstep.tls.wait.Asks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real handshakes whose questions go through bridges and decorators. */
@Timeout(60)
class DecoratedHandshakeTest {

    private static final String SUITE = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    private static final Duration HOUR = Duration.ofHours(1);

    private final ThreadPoolExecutor pool = WorkerPools.boundedPool(1, 10);
    private final ScheduledExecutorService timer = WorkerPools.scheduler(1);
    private final MemorySessionStore store = new MemorySessionStore(10, HOUR);

    @AfterEach
    void stop() {
        pool.shutdownNow();
        timer.shutdownNow();
    }

    private static Credential credential() {
        return Credential.external(TestIdentity.P256.chain(), InlineKey.of(Requests.local(TestIdentity.P256)));
    }

    private static TlsServerConfigBuilder config() {
        return TlsServerConfig.builder().policy(Policy.COMPATIBLE);
    }

    private Optional<ResumableSession> find(SessionLookup lookup) throws Exception {
        return Operations.done(Operations.ready(store.start(lookup, () -> {})).resume());
    }

    private JdkConversation withSessions(Asks<SessionLookup, Optional<ResumableSession>> lookup) throws Exception {
        return JdkConversation.of(
                config().credential(credential())
                        .sessionStore(SpiAdapters.sessionStore(store, lookup))
                        .build(),
                SUITE);
    }

    @Test
    void aSessionIsFoundOnAThreadAtTheSecondAttempt() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        CircuitBreaker breaker = CircuitBreaker.of(3, HOUR, System::nanoTime);
        Asks<SessionLookup, Optional<ResumableSession>> blocking = ExecutorAsk.of(
                lookup -> {
                    if (attempts.incrementAndGet() == 1) {
                        throw down();
                    }
                    return find(lookup);
                },
                Discard::session,
                pool);
        Asks<SessionLookup, Optional<ResumableSession>> lookup = RetryingAsk.of(
                CircuitBreakerAsk.of(DeadlineAsk.of(blocking, Deadlines::limit, HOUR, timer), breaker), 2);

        JdkConversation first = withSessions(lookup).run();
        assertThat(first.resumed()).isFalse();
        JdkConversation second = first.again().run();

        assertThat(second.server().failure()).isNull();
        assertThat(second.echoed()).isTrue();
        assertThat(second.resumed()).isTrue();
        assertThat(second.server().suspensions()).isPositive();
        assertThat(attempts).hasValue(2);
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void aLookUpThatIsTooSlowCostsAFullHandshakeAndItsLateSessionIsDestroyed() throws Exception {
        ScriptedAsk<SessionLookup, Optional<ResumableSession>> silent = new ScriptedAsk<>(Discard::session);
        JdkConversation first = withSessions(DeadlineAsk.of(silent, Deadlines::limit, Duration.ofMillis(5), timer))
                .run();
        JdkConversation second = first.again().run();

        assertThat(second.echoed()).isTrue();
        assertThat(second.resumed()).isFalse();
        assertThat(silent.questions).hasSize(1);
        Optional<ResumableSession> late = find(silent.questions.get(0));
        silent.answerLast(late);
        assertThat(late).isPresent();
        assertThatThrownBy(late.orElseThrow()::masterSecret).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTicketIsOpenedOnAThread() throws Exception {
        TicketKeyRing ring = TicketKeyRing.rotating(HOUR, HOUR);
        Asks<TicketOpening, Optional<OpenedTicket>> opening = ExecutorAsk.of(
                ticket -> Operations.done(
                        Operations.ready(ring.start(ticket, () -> {})).resume()),
                Discard::ticket,
                pool);
        JdkConversation first = JdkConversation.of(
                        config().credential(credential())
                                .tickets(SpiAdapters.ticketProtector(ring, opening))
                                .build(),
                        SUITE)
                .run();
        JdkConversation second = first.again().run();

        assertThat(second.resumed()).isTrue();
        assertThat(second.server().suspensions()).isPositive();
    }

    @Test
    void credentialsAreChosenByAFuture() throws Exception {
        CompletableFuture<List<Credential>> chosen = new CompletableFuture<>();
        JdkConversation talk = JdkConversation.of(
                config().credentialSelector(FutureAsk.of(
                                request -> {
                                    timer.execute(() -> chosen.complete(List.of(credential())));
                                    return chosen;
                                },
                                Discard::nothing)::start)
                        .build(),
                SUITE);

        assertThat(talk.run().echoed()).isTrue();
        assertThat(talk.client().serverCertificate()).isEqualTo(TestIdentity.P256.certificate());
    }
}
