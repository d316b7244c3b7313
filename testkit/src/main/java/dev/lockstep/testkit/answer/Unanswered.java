package dev.lockstep.testkit.answer;

import static dev.lockstep.testkit.client.ClientAuthMessages.certificate;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.session.TicketOpening;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One kind of question to the outside whose answer never comes, and a client that makes a server ask it. */
public final class Unanswered {

    private static final byte[] NAMED = new byte[32];

    private final SuspensionKind kind;
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger();
    private final Semaphore starts = new Semaphore(0);
    private final Semaphore cancels = new Semaphore(0);

    /** Creates a question of this kind. */
    public Unanswered(SuspensionKind kind) {
        this.kind = kind;
    }

    /** The credential that fits: its key is the one that is asked, where a key is. */
    public Credential credential() {
        return kind == SuspensionKind.SIGN || kind == SuspensionKind.DECRYPT
                ? Credential.external(TestIdentity.RSA_2048.chain(), new Key())
                : TestServers.local(TestIdentity.RSA_2048);
    }

    /** Adds what else makes a server ask. */
    public TlsServerConfigBuilder configure(TlsServerConfigBuilder builder) {
        switch (kind) {
            case SESSION_LOOKUP -> builder.sessionStore(new Store());
            case TICKET_OPENING -> builder.tickets(new Tickets());
            case CREDENTIAL_SELECTION -> builder.credentialSelector((request, waker) -> hang());
            case CLIENT_CERTIFICATE ->
                builder.clientAuthentication(ClientAuthentication.required((request, waker) -> hang()));
            case PSK_LOOKUP -> builder.preSharedKeys((request, waker) -> hang());
            case KEY_AGREEMENT ->
                builder.groups(List.of(NamedGroup.FFDHE3072)).keyAgreements((request, waker) -> hang());
            default -> {}
        }
        return builder;
    }

    /** What the client offers. */
    public ClientOptions options() {
        return switch (kind) {
            case SESSION_LOOKUP -> signing().sessionId(NAMED);
            case TICKET_OPENING -> signing().ticket(new byte[100]);
            case DECRYPT -> TestServers.decryptingClient();
            case KEY_AGREEMENT ->
                ClientOptions.offering(CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256)
                        .groups(NamedGroup.FFDHE3072);
            case PSK_LOOKUP -> ClientOptions.offering(CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256);
            default -> signing();
        };
    }

    /** What the client sends after the server's flight, before the question is asked; null where ClientHello is enough. */
    public @Nullable ClientMessage second() {
        return switch (kind) {
            case DECRYPT, PSK_LOOKUP, KEY_AGREEMENT -> clientKeyExchange();
            case CLIENT_CERTIFICATE -> certificate(TestIdentity.P256);
            default -> null;
        };
    }

    private static ClientOptions signing() {
        return ClientOptions.offering(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);
    }

    /** Begins an operation that stays pending until it is cancelled. */
    public <T> Start<T> hang() {
        started.incrementAndGet();
        pending.incrementAndGet();
        starts.release();
        return Start.inProgress(new PendingOperation<T>() {
            @Override
            public Progress<T> resume() {
                return Progress.inProgress();
            }

            @Override
            public void cancel() {
                pending.decrementAndGet();
                cancels.release();
            }
        });
    }

    /** How many operations there were. */
    public int started() {
        return started.get();
    }

    /** How many operations are not cancelled. */
    public int pending() {
        return pending.get();
    }

    /** Waits until one more operation has begun, at most 30 seconds. */
    public void awaitStart() throws InterruptedException {
        await(starts, "begun");
    }

    /** Waits until one more operation is cancelled, at most 30 seconds. */
    public void awaitCancel() throws InterruptedException {
        await(cancels, "cancelled");
    }

    private void await(Semaphore semaphore, String what) throws InterruptedException {
        if (!semaphore.tryAcquire(30, TimeUnit.SECONDS)) {
            throw new AssertionError("no operation is " + what + ": " + kind);
        }
    }

    private final class Key implements ExternalPrivateKey {
        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return Set.of(SignatureScheme.RSA_PKCS1_SHA256);
        }

        @Override
        public boolean canDecrypt() {
            return true;
        }

        @Override
        public Start<byte[]> startSign(SignRequest request, Waker waker) {
            return hang();
        }

        @Override
        public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
            return hang();
        }
    }

    private final class Store implements SessionStore {
        @Override
        public Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) {
            return hang();
        }

        @Override
        public void put(SessionId id, ResumableSession session) {}

        @Override
        public void remove(SessionId id) {}
    }

    private final class Tickets implements TicketProtector {
        @Override
        public byte @Nullable [] seal(ResumableSession session) {
            return null;
        }

        @Override
        public Start<Optional<OpenedTicket>> start(TicketOpening opening, Waker waker) {
            return hang();
        }
    }
}
