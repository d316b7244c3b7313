package dev.lockstep.tls.internal.handshake;

import static dev.lockstep.tls.internal.handshake.Question.FallThrough.*;
import static dev.lockstep.tls.internal.handshake.Question.Limit.*;
import static dev.lockstep.tls.internal.handshake.Question.OnFailure.*;
import static dev.lockstep.tls.wait.SuspensionKind.*;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.handshake.Question.*;
import dev.lockstep.tls.internal.handshake.flight.*;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The eight questions that a handshake may ask outside of itself: the second table, beside {@link ServerHandshake#TABLE}. */
@SuppressWarnings("UnnecessaryLambda") // the helpers are the words of the table
final class Waits {

    static final Question<Optional<OpenedTicket>> TICKET;
    static final Question<Optional<ResumableSession>> SESSION;
    static final Question<List<Credential>> CREDENTIAL;
    static final Question<byte[]> SIGNATURE;
    static final Question<Verdict> VERDICT;
    static final Question<byte[]> SECRET;
    static final Question<Optional<byte[]>> PSK;
    static final Question<byte[]> DECRYPTION;

    // @formatter:off
    static {
        // fallThrough of the SPI is an ANSWER, namely "instead", or a FAILURE. After a failure that does not end the handshake, "instead" is the
        // answer too: a masked one becomes a random secret, as does an unknown identity.
        //               asks                       kind                  limit    on failure          fallThr. instead       a late answer is
        TICKET     = ask(Resumption::askTicket,     TICKET_OPENING,       OPENING, FULL_HANDSHAKE,     ANSWER,  nothing(),    destroyed(OpenedTicket::session));
        SESSION    = ask(Resumption::askSession,    SESSION_LOOKUP,       LOOKUP,  FULL_HANDSHAKE,     ANSWER,  nothing(),    destroyed(found -> found));
        CREDENTIAL = ask(ServerFlight::askSelector, CREDENTIAL_SELECTION, KEY,     REFUSAL_OR_ERROR,   ANSWER,  configured(), dropped());
        SIGNATURE  = ask(ServerSignature::ask,      SIGN,                 KEY,     INTERNAL_ERROR,     FAILURE, never(),      dropped());
        VERDICT    = ask(ClientProof::askVerdict,   CLIENT_CERTIFICATE,   KEY,     INTERNAL_ERROR,     FAILURE, never(),      dropped());
        SECRET     = ask(Premaster::askAgreement,   KEY_AGREEMENT,        KEY,     REFUSAL_OR_ERROR,   FAILURE, never(),      wiped(Wipe::bytes));
        PSK        = ask(Premaster::askPsk,         PSK_LOOKUP,           KEY,     MASKED_TO_FINISHED, FAILURE, nothing(),    wiped(Waits::wipe));
        DECRYPTION = ask(Premaster::askDecryption,  DECRYPT,              KEY,     MASKED_TO_FINISHED, FAILURE, noSecret(),   wiped(Wipe::bytes));
    }
    // @formatter:on

    private Waits() {}

    /** Returns all questions in the order of the table, for documentation and tests. */
    static List<Question<?>> all() {
        return List.of(TICKET, SESSION, CREDENTIAL, SIGNATURE, VERDICT, SECRET, PSK, DECRYPTION);
    }

    private static <T> Question<T> ask(
            Ask<T> ask,
            SuspensionKind kind,
            Limit limit,
            OnFailure onFailure,
            FallThrough fallThrough,
            Function<Handshake, T> instead,
            Late<T> late) {
        return new Question<>(kind, ask, limit, onFailure, fallThrough, instead, late);
    }

    private static <T> Function<Handshake, Optional<T>> nothing() {
        return handshake -> Optional.empty();
    }

    /** No choice of the selector: the configured credentials serve. */
    private static Function<Handshake, List<Credential>> configured() {
        return handshake -> List.of();
    }

    /** A failure ends the handshake, so nothing takes the place of the answer. */
    private static <T> Function<Handshake, T> never() {
        return handshake -> {
            throw new IllegalStateException("a failure ends the handshake");
        };
    }

    /** What is no premaster secret, in the place of one that was not decrypted. */
    private static Function<Handshake, byte[]> noSecret() {
        return Premaster::noPremaster;
    }

    private static <T> Late<T> dropped() {
        return new Late<>("dropped", value -> {});
    }

    private static <T> Late<Optional<T>> destroyed(Function<T, ResumableSession> session) {
        return new Late<>("destroyed", found -> found.map(session).ifPresent(ResumableSession::destroy));
    }

    private static <T> Late<T> wiped(Consumer<T> wipe) {
        return new Late<>("wiped", wipe);
    }

    private static void wipe(Optional<byte[]> key) {
        key.ifPresent(Wipe::bytes);
    }
}
