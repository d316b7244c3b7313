package dev.lockstep.testkit.answer;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.certificate.TestOcsp;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.session.MemorySessionStore;
import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.session.TicketKeyRing;
import dev.lockstep.tls.session.TicketOpening;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a server calls: key, selectors, verifier, store, tickets, pre-shared keys, staples, observer and key log,
 * all of which work, until one of them is armed with a fault, which it throws once. A checked exception is not declared.
 */
public final class FaultyParts {

    /** A place at which the application's code is called. */
    public enum Part {
        ON_TRANSITION,
        ON_SUSPEND,
        ON_RESUME,
        ON_CLOSED,
        KEY_LOG,
        KEY_START,
        KEY_RESUME,
        CREDENTIAL_SELECTOR,
        PROTOCOL_SELECTOR,
        VERIFIER_START,
        VERIFIER_RESUME,
        STORE_START,
        STORE_RESUME,
        STORE_PUT,
        TICKET_SEAL,
        TICKET_OPEN,
        PSK_START,
        PSK_RESUME,
        STAPLE
    }

    /** What is armed; taken by the callback that throws it. */
    private record Armed(Part part, Throwable fault) {}

    private final AtomicReference<@Nullable Armed> armed = new AtomicReference<>();
    private final AtomicInteger thrown = new AtomicInteger();
    private final Credential credential;

    /** Creates parts that all work, with the key and the certificate of an identity. */
    public FaultyParts(TestIdentity identity) {
        ExternalPrivateKey real = new RecordingKey(identity).withoutConnection().signs(KeyScript.ready());
        byte[] staple = TestOcsp.good(identity);
        credential = Credential.external(identity.chain(), new FaultyKey(real)).withOcspResponses(() -> {
            at(Part.STAPLE);
            return staple;
        });
    }

    /** The next call of {@code part} throws {@code fault}. */
    public void arm(Part part, Throwable fault) {
        armed.set(new Armed(part, fault));
    }

    /** Returns how often something was thrown. */
    public int thrown() {
        return thrown.get();
    }

    private void at(Part here) {
        Armed now = armed.get();
        if (now != null && now.part == here && armed.compareAndSet(now, null)) {
            thrown.incrementAndGet();
            throw Faults.<RuntimeException>undeclared(now.fault);
        }
    }

    /** A configuration of all these parts. Sessions are kept in the store, and in tickets where the client wants one. */
    public TlsServerConfigBuilder config() {
        return TlsServerConfig.builder()
                .policy(Policy.COMPATIBLE)
                .credential(credential)
                .credentialSelector(selector())
                .applicationProtocolSelector((offered, host) -> {
                    at(Part.PROTOCOL_SELECTOR);
                    return offered.get(0);
                })
                .clientAuthentication(ClientAuthentication.wanted((request, waker) -> {
                    at(Part.VERIFIER_START);
                    return later(Part.VERIFIER_RESUME, waker, Start.done(Verdict.accepted()));
                }))
                .preSharedKeys((request, waker) -> {
                    at(Part.PSK_START);
                    return later(Part.PSK_RESUME, waker, Start.done(Optional.of(ClientOptions.PSK.clone())));
                })
                .sessionStore(new FaultyStore(new MemorySessionStore(100, Duration.ofHours(1))))
                .tickets(new FaultyTickets(TicketKeyRing.rotating(Duration.ofHours(1), Duration.ofHours(2))))
                .keyLog(line -> at(Part.KEY_LOG))
                .observer(new FaultyObserver());
    }

    private CredentialSelector selector() {
        return (request, waker) -> {
            at(Part.CREDENTIAL_SELECTOR);
            return Start.fallThrough();
        };
    }

    /** The answer of an operation that is ready, after a wait. */
    private <T> Start<T> later(Part part, Waker waker, Start<T> start) {
        if (!(start instanceof Start.Ready<T> ready)) {
            return start;
        }
        waker.wake();
        PendingOperation<T> operation = ready.operation();
        return Start.inProgress(new PendingOperation<T>() {
            @Override
            public Progress<T> resume() throws Exception {
                at(part);
                return operation.resume();
            }

            @Override
            public void cancel() {
                operation.cancel();
            }
        });
    }

    private final class FaultyKey implements ExternalPrivateKey {
        private final ExternalPrivateKey real;

        FaultyKey(ExternalPrivateKey real) {
            this.real = real;
        }

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return real.signatureSchemes();
        }

        @Override
        public Start<byte[]> startSign(SignRequest request, Waker waker) throws Exception {
            at(Part.KEY_START);
            return later(Part.KEY_RESUME, waker, real.startSign(request, waker));
        }
    }

    private final class FaultyStore implements SessionStore {
        private final SessionStore real;

        FaultyStore(SessionStore real) {
            this.real = real;
        }

        @Override
        public Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) throws Exception {
            at(Part.STORE_START);
            return later(Part.STORE_RESUME, waker, real.start(lookup, waker));
        }

        @Override
        public void put(SessionId id, ResumableSession session) {
            at(Part.STORE_PUT);
            real.put(id, session);
        }

        @Override
        public void remove(SessionId id) {
            real.remove(id);
        }
    }

    private final class FaultyTickets implements TicketProtector {
        private final TicketProtector real;

        FaultyTickets(TicketProtector real) {
            this.real = real;
        }

        @Override
        public byte @Nullable [] seal(ResumableSession session) {
            at(Part.TICKET_SEAL);
            return real.seal(session);
        }

        @Override
        public Start<Optional<OpenedTicket>> start(TicketOpening opening, Waker waker) throws Exception {
            at(Part.TICKET_OPEN);
            return real.start(opening, waker);
        }
    }

    private final class FaultyObserver implements ConnectionObserver {
        @Override
        public void onTransition(String from, String event, String to) {
            at(Part.ON_TRANSITION);
        }

        @Override
        public void onSuspend(Suspension suspension) {
            at(Part.ON_SUSPEND);
        }

        @Override
        public void onResume(SuspensionKind kind, long waitedNanos) {
            at(Part.ON_RESUME);
        }

        @Override
        public void onClosed(String state, @Nullable IOException failure) {
            at(Part.ON_CLOSED);
        }
    }
}
