package dev.lockstep.tls.internal.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.internal.handshake.Question.Limit;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.HandshakeOutput;
import dev.lockstep.tls.internal.handshake.phase.History;
import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the table of waits says of time limits, of answers that come too late, and of what takes their place. */
class WaitsTest {

    private static final Duration GENERAL = Duration.ofSeconds(30);

    private static TlsServerConfigBuilder builder() {
        return TlsServerConfig.builder()
                .preSharedKeys((request, waker) -> Start.fallThrough())
                .keyOperationTimeout(GENERAL);
    }

    /** The shorter of the two limits, whatever an implementation has of its own: zero for none, or more than fits a long. */
    @ParameterizedTest
    @CsvSource({"0, 30", "7, 7", "30, 30", "31, 30", "9223372036, 30", "9223372037, 30", "9223372036854775807, 30"})
    void theShorterLimitCounts(long own, long seconds) throws OperationException {
        Duration limit = Duration.ofSeconds(own);
        TlsServerConfig both = builder()
                .sessionStore(new EmptyStore(limit))
                .tickets(new SealingNone(limit))
                .build();
        long nanos = Duration.ofSeconds(seconds).toNanos();
        assertThat(Limit.LOOKUP.nanos(both)).hasValue(nanos);
        assertThat(Limit.OPENING.nanos(both)).hasValue(nanos);
        assertThat(Limit.KEY.nanos(both)).hasValue(GENERAL.toNanos());
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1})
    void aNegativeLimitIsNone(long seconds) {
        assertRefused(Duration.ofSeconds(seconds));
    }

    @Test
    void aLimitThatIsMissingIsNone() {
        Duration missing = null;
        assertRefused(missing);
    }

    private static void assertRefused(Duration limit) {
        TlsServerConfig config = builder()
                .sessionStore(new EmptyStore(limit))
                .tickets(new SealingNone(limit))
                .build();
        for (Limit broken : new Limit[] {Limit.LOOKUP, Limit.OPENING}) {
            assertThatExceptionOfType(OperationException.class)
                    .isThrownBy(() -> broken.nanos(config))
                    .withMessage("a time limit of " + limit);
        }
    }

    @Test
    void withoutAGeneralLimitThatOfTheImplementationCounts() throws OperationException {
        TlsServerConfig unlimited = builder()
                .keyOperationTimeout(Duration.ZERO)
                .sessionStore(new EmptyStore(Duration.ofSeconds(7)))
                .tickets(new SealingNone(Duration.ofSeconds(Long.MAX_VALUE)))
                .build();
        assertThat(Limit.LOOKUP.nanos(unlimited)).hasValue(Duration.ofSeconds(7).toNanos());
        assertThat(Limit.OPENING.nanos(unlimited)).isEmpty();
        assertThat(Limit.KEY.nanos(unlimited)).isEmpty();
    }

    @Test
    void withoutAStoreAndTicketsTheGeneralLimitCounts() throws OperationException {
        TlsServerConfig neither = builder().build();
        assertThat(Limit.LOOKUP.nanos(neither)).hasValue(GENERAL.toNanos());
        assertThat(Limit.OPENING.nanos(neither)).hasValue(GENERAL.toNanos());
    }

    @Test
    void everythingThatCanBeWaitedForHasOneQuestion() {
        assertThat(Waits.all()).extracting(Question::kind).containsExactlyInAnyOrder(SuspensionKind.values());
    }

    @Test
    void secretsThatComeTooLateAreWiped() {
        byte[] secret = {1, 2, 3};
        Waits.SECRET.late().disposal().accept(secret);
        assertThat(secret).containsOnly(0);
        byte[] premaster = {4, 5};
        Waits.DECRYPTION.late().disposal().accept(premaster);
        assertThat(premaster).containsOnly(0);
        byte[] key = {6};
        Waits.PSK.late().disposal().accept(Optional.of(key));
        assertThat(key).containsOnly(0);
        Waits.PSK.late().disposal().accept(Optional.empty());
    }

    @Test
    void sessionsThatComeTooLateAreDestroyed() {
        ResumableSession found = session();
        Waits.SESSION.late().disposal().accept(Optional.of(found));
        assertThatIllegalStateException().isThrownBy(found::masterSecret);
        ResumableSession opened = session();
        Waits.TICKET.late().disposal().accept(Optional.of(new OpenedTicket(opened, true)));
        assertThatIllegalStateException().isThrownBy(opened::masterSecret);
    }

    private static ResumableSession session() {
        return ResumableSession.builder(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, new byte[48], 1)
                .build();
    }

    @Test
    void whatTakesThePlaceOfAnAnswerIsNoneOrEndsTheHandshake() {
        TlsServerConfig config = builder().build();
        HandshakeOutput nowhere = null;
        Handshake handshake = new Handshake(config, nowhere, new History(config));
        assertThat(Waits.TICKET.instead().apply(handshake)).isEmpty();
        assertThat(Waits.SESSION.instead().apply(handshake)).isEmpty();
        assertThat(Waits.PSK.instead().apply(handshake)).isEmpty();
        assertThat(Waits.CREDENTIAL.instead().apply(handshake)).isEmpty();
        byte[] noPremaster = new byte[48];
        handshake.keys.noPremaster(noPremaster);
        assertThat(Waits.DECRYPTION.instead().apply(handshake)).isSameAs(noPremaster);
        assertThatIllegalStateException()
                .isThrownBy(() -> Waits.SIGNATURE.instead().apply(handshake));
        assertThatIllegalStateException()
                .isThrownBy(() -> Waits.SECRET.instead().apply(handshake));
    }
}
