package dev.lockstep.tls.internal.handshake;

import dev.lockstep.crypto.hash.TranscriptHash;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one handshake knows while it runs: four phase objects, each made whole at one transition and cleared at the end,
 * and the one wait. A renegotiation is another handshake with another context, which knows what was established before.
 */
final class HandshakeContext {

    private final TlsServerConfig config;
    private final HandshakeOutput output;
    private final Runnable wakeHandler;
    private final Renegotiation renegotiation;

    private OptionalLong handshakeDeadlineNanos;
    private @Nullable TranscriptHash transcript;
    private @Nullable ClientHello clientHello;
    private @Nullable NegotiatedParameters negotiated;
    private @Nullable Resumption resumption;
    private @Nullable NewSession newSession;
    private @Nullable SessionId sessionId;
    private @Nullable EphemeralKeyExchange keyExchange;
    private @Nullable MasterSecret masterSecret;
    private final ClientIdentity client = new ClientIdentity();
    private @Nullable Wait<?> wait;
    private @Nullable CredentialChoice credentialChoice;
    private byte @Nullable [] stapledResponse;
    private @Nullable ServerKeyExchangeSigning signing;
    private @Nullable PskKeyExchange pskKeyExchange;
    private @Nullable PremasterDecryption premasterDecryption;
    private byte @Nullable [] clientVerifyData;
    private byte @Nullable [] serverVerifyData;
    private boolean clientFinishedFirst;

    private boolean helloRequested;

    /**
     * @param renegotiation what the handshakes of a connection know of each other
     */
    HandshakeContext(
            TlsServerConfig config, HandshakeOutput output, Runnable wakeHandler, Renegotiation renegotiation) {
        this.config = config;
        this.output = output;
        this.wakeHandler = wakeHandler;
        this.renegotiation = renegotiation;
        this.handshakeDeadlineNanos = OptionalLong.empty();
    }

    /** From now on the handshake's time runs. */
    void begin() {
        OptionalLong timeout = config.handshakeTimeoutNanos();
        if (timeout.isPresent()) {
            handshakeDeadlineNanos = OptionalLong.of(config.clock().getAsLong() + timeout.getAsLong());
        }
    }

    TlsServerConfig config() {
        return config;
    }

    HandshakeOutput output() {
        return output;
    }

    /** What binds this handshake to those before it on the connection, if there are any. */
    Renegotiation renegotiation() {
        return renegotiation;
    }

    /** Whether this side has asked for the handshake, with HelloRequest. */
    boolean helloRequested() {
        return helloRequested;
    }

    void helloRequested(boolean requested) {
        helloRequested = requested;
    }

    TranscriptHash transcript() {
        if (transcript == null) {
            transcript = new TranscriptHash();
        }
        return transcript;
    }

    /** Sends a message and adds it to the transcript (RFC 6066 1.1-1: messages of extensions too). */
    void send(byte[] encoded) {
        transcript().update(encoded, 0, encoded.length);
        output.sendMessage(encoded);
    }

    ClientHello clientHello() {
        return require(clientHello);
    }

    void clientHello(ClientHello offer) {
        this.clientHello = offer;
    }

    boolean isNegotiated() {
        return negotiated != null;
    }

    Resumption resumption() {
        return require(resumption);
    }

    void resumption(Resumption started) {
        this.resumption = started;
    }

    NewSession newSession() {
        return require(newSession);
    }

    void newSession(NewSession planned) {
        this.newSession = planned;
    }

    /** A full handshake is over: its session is kept where that was planned. */
    void keepSession() {
        if (newSession != null) {
            newSession.keep(this);
        }
    }

    /** Under which id a store knows the session, or null. */
    @Nullable
    SessionId sessionId() {
        return sessionId;
    }

    void sessionId(SessionId id) {
        this.sessionId = id;
    }

    NegotiatedParameters negotiated() {
        return require(negotiated);
    }

    void negotiated(NegotiatedParameters parameters) {
        renegotiation.requireNoWeakerProtection(parameters);
        this.negotiated = parameters;
    }

    EphemeralKeyExchange keyExchange() {
        return require(keyExchange);
    }

    void keyExchange(EphemeralKeyExchange key) {
        this.keyExchange = key;
    }

    void dropKeyExchange() {
        if (keyExchange != null) {
            keyExchange.destroy();
            keyExchange = null;
        }
    }

    MasterSecret masterSecret() {
        return require(masterSecret);
    }

    void masterSecret(MasterSecret secret) {
        this.masterSecret = secret;
    }

    /** Who the client is, as far as this handshake has found out. */
    ClientIdentity client() {
        return client;
    }

    CredentialChoice credentialChoice() {
        return require(credentialChoice);
    }

    void credentialChoice(CredentialChoice choice) {
        this.credentialChoice = choice;
    }

    /** The OCSP response that goes beside the certificate; null for none. */
    byte @Nullable [] stapledResponse() {
        return stapledResponse;
    }

    void stapledResponse(byte @Nullable [] der) {
        stapledResponse = der;
    }

    ServerKeyExchangeSigning signing() {
        return require(signing);
    }

    void signing(ServerKeyExchangeSigning started) {
        this.signing = started;
    }

    /** The key exchange with a pre-shared key, from ClientKeyExchange on; null where there is none. */
    @Nullable
    PskKeyExchange pskKeyExchange() {
        return pskKeyExchange;
    }

    void pskKeyExchange(PskKeyExchange started) {
        this.pskKeyExchange = started;
    }

    PremasterDecryption premasterDecryption() {
        return require(premasterDecryption);
    }

    void premasterDecryption(PremasterDecryption decryption) {
        this.premasterDecryption = decryption;
    }

    /**
     * Starts the one wait there can be.
     *
     * @param discard clears a value that arrives too late
     */
    <T> Wait<T> startWait(SuspensionKind kind, Consumer<T> discard, Wait.Starter<T> starter) {
        return startWait(kind, config.keyOperationTimeoutNanos(), discard, starter);
    }

    /**
     * The same with a time limit of its own.
     *
     * @param timeoutNanos empty for none but the handshake's
     */
    <T> Wait<T> startWait(
            SuspensionKind kind, OptionalLong timeoutNanos, Consumer<T> discard, Wait.Starter<T> starter) {
        if (wait != null) {
            throw new IllegalStateException("a wait for " + wait.kind() + " is already pending");
        }
        Wait<T> started =
                new Wait<>(kind, config.clock(), waitDeadline(timeoutNanos), config.observer(), discard, wakeHandler);
        wait = started;
        started.start(starter);
        return started;
    }

    @Nullable
    Wait<?> currentWait() {
        return wait;
    }

    /** The wait is over; tells the observer how long it took, if anybody had to wait. */
    void endWait() {
        Wait<?> ended = require(wait);
        wait = null;
        if (ended.wasSuspended()) {
            try {
                config.observer().onResume(ended.kind(), config.clock().getAsLong() - ended.sinceNanos());
            } catch (RuntimeException fault) {
                ended.cancel(); // the observer's fault ends the connection, and nobody will take the answer
                throw fault;
            }
        }
    }

    OptionalLong handshakeDeadlineNanos() {
        return handshakeDeadlineNanos;
    }

    /** The client's Finished was right. */
    void clientFinished(byte[] verifyData) {
        clientVerifyData = verifyData;
        clientFinishedFirst = serverVerifyData == null;
    }

    /** The server's Finished was sent. */
    void serverFinished(byte[] verifyData) {
        serverVerifyData = verifyData;
    }

    /** Whose pre-shared key stands behind the master secret, in this handshake or in the one that is resumed; or null. */
    @Nullable
    PskIdentity pskIdentity() {
        if (pskKeyExchange != null) {
            return pskKeyExchange.identity();
        }
        return resumption == null ? null : resumption.pskIdentity();
    }

    /** Both sides have finished: what stays is returned, everything else is cleared. */
    Established complete() {
        MasterSecret kept = config.exporters() ? masterSecret() : null;
        if (kept != null) {
            masterSecret = null;
        }
        PskIdentity identity = pskIdentity();
        wipe();
        return new Established(
                negotiated(),
                client.proven(),
                identity,
                require(clientVerifyData),
                require(serverVerifyData),
                clientFinishedFirst,
                kept,
                sessionId);
    }

    /** Reports a failed look-up or decryption: only once nothing of the handshake can depend on it any more. */
    void reportMaskedFailure() {
        if (pskKeyExchange != null) {
            pskKeyExchange.report(config.observer());
        }
        if (premasterDecryption != null) {
            premasterDecryption.report(config.observer());
        }
    }

    /** Forgets the handshake: pending work is cancelled, secrets are cleared, references dropped. */
    void wipe() {
        dropKeyExchange();
        if (masterSecret != null) {
            masterSecret.wipe();
            masterSecret = null;
        }
        if (pskKeyExchange != null) {
            pskKeyExchange.wipe();
            pskKeyExchange = null;
        }
        if (premasterDecryption != null) {
            premasterDecryption.wipe();
            premasterDecryption = null;
        }
        if (resumption != null) {
            resumption.wipe();
            resumption = null;
        }
        newSession = null;
        if (transcript != null) {
            transcript.clear(); // what is kept of a later handshake came encrypted
            transcript = null;
        }
        clientHello = null;
        credentialChoice = null;
        signing = null;
        // Last, since an observer hears of it, and an observer may throw.
        if (wait != null) {
            wait.cancel();
            endWait();
        }
    }

    boolean holdsSecrets() {
        return keyExchange != null
                || masterSecret != null
                || pskKeyExchange != null
                || premasterDecryption != null
                || (resumption != null && resumption.holdsSecrets());
    }

    private OptionalLong waitDeadline(OptionalLong timeout) {
        if (timeout.isEmpty()) {
            return handshakeDeadlineNanos;
        }
        long own = config.clock().getAsLong() + timeout.getAsLong();
        if (handshakeDeadlineNanos.isPresent() && handshakeDeadlineNanos.getAsLong() - own < 0) {
            return handshakeDeadlineNanos;
        }
        return OptionalLong.of(own);
    }

    private static <T> T require(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("not at this point of the handshake");
        }
        return value;
    }
}
