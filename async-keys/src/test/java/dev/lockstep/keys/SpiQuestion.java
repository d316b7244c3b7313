package dev.lockstep.keys;

import dev.lockstep.keys.compose.DeadlineAsk;
import dev.lockstep.keys.compose.Deadlines;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.CredentialRequest;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.peer.VerificationRequest;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.psk.PskRequest;
import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.TicketOpening;
import dev.lockstep.tls.spec.CipherSuite;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A question of the SPI without a deadline, with what the bridges and decorators need to know of it.
 *
 * @param answer makes an answer; each is a new one
 * @param isCleared whether an answer holds no secret any more, or never did
 */
public record SpiQuestion<Q, T>(
        String name,
        Q question,
        Function<Q, OptionalLong> deadline,
        DeadlineAsk.Limiter<Q> limiter,
        Supplier<T> answer,
        Consumer<T> discard,
        Predicate<T> isCleared) {

    private static final OptionalLong NONE = OptionalLong.empty();

    public static Stream<SpiQuestion<?, ?>> all() {
        return Stream.of(
                new SpiQuestion<>(
                        "session",
                        new SessionLookup(new SessionId(new byte[32]), null, NONE),
                        SessionLookup::deadlineNanos,
                        Deadlines::limit,
                        () -> Optional.of(session()),
                        Discard::session,
                        answer -> isDestroyed(answer.orElseThrow())),
                new SpiQuestion<>(
                        "ticket",
                        new TicketOpening(new byte[64], null, NONE),
                        TicketOpening::deadlineNanos,
                        Deadlines::limit,
                        () -> Optional.of(new OpenedTicket(session(), false)),
                        Discard::ticket,
                        answer -> isDestroyed(answer.orElseThrow().session())),
                new SpiQuestion<>(
                        "pre-shared key",
                        new PskRequest(PskIdentity.of("alice"), null, NONE),
                        PskRequest::deadlineNanos,
                        Deadlines::limit,
                        () -> Optional.of(secret()),
                        Discard::psk,
                        answer -> isWiped(answer.orElseThrow())),
                new SpiQuestion<>(
                        "decryption",
                        new DecryptRequest(new byte[256], TestIdentity.RSA_2048.chain(), null, NONE),
                        DecryptRequest::deadlineNanos,
                        Deadlines::limit,
                        SpiQuestion::secret,
                        Discard::bytes,
                        SpiQuestion::isWiped),
                new SpiQuestion<>(
                        "verdict",
                        new VerificationRequest(TestIdentity.P256.chain(), null, NONE),
                        VerificationRequest::deadlineNanos,
                        Deadlines::limit,
                        Verdict::accepted,
                        Discard::nothing,
                        answer -> true),
                new SpiQuestion<CredentialRequest, List<Credential>>(
                        "credentials",
                        new CredentialRequest(
                                null, List.of(), List.of(), List.of(), List.of(), List.of(), Map.of(), NONE),
                        CredentialRequest::deadlineNanos,
                        Deadlines::limit,
                        List::of,
                        Discard::nothing,
                        answer -> true));
    }

    @Override
    public String toString() {
        return name;
    }

    private static ResumableSession session() {
        return ResumableSession.builder(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, secret(), 1)
                .build();
    }

    private static byte[] secret() {
        byte[] secret = new byte[48];
        Arrays.fill(secret, (byte) 0x5a);
        return secret;
    }

    private static boolean isWiped(byte[] secret) {
        return Arrays.equals(secret, new byte[secret.length]);
    }

    private static boolean isDestroyed(ResumableSession session) {
        try {
            session.masterSecret();
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }
}
