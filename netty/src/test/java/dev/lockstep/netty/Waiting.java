package dev.lockstep.netty;

import static dev.lockstep.testkit.client.ClientAuthMessages.certificate;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.SchemeSignatures;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.RenegotiationPolicy;
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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A connection in the middle of one kind of wait, whose answer never comes. */
final class Waiting {

    private static final byte[] NAMED = new byte[32];

    final AtomicInteger pending = new AtomicInteger();
    final AtomicInteger started = new AtomicInteger();
    private final SuspensionKind kind;

    Waiting(SuspensionKind kind) {
        this.kind = kind;
    }

    /** Returns a connection that waits. */
    EmbeddedTls open(boolean autoRead) {
        EmbeddedTls open = new EmbeddedTls(builder().build(), options(), autoRead);
        switch (kind) {
            case DECRYPT, PSK_LOOKUP, KEY_AGREEMENT -> open.says(clientHello()).says(clientKeyExchange());
            case CLIENT_CERTIFICATE -> open.says(clientHello()).says(certificate(TestIdentity.P256));
            default -> open.says(clientHello());
        }
        return open;
    }

    private TlsServerConfigBuilder builder() {
        TlsServerConfigBuilder builder = TestServers.builder(credential());
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

    private Credential credential() {
        return kind == SuspensionKind.SIGN || kind == SuspensionKind.DECRYPT
                ? Credential.external(TestIdentity.RSA_2048.chain(), new Key())
                : TestServers.local(TestIdentity.RSA_2048);
    }

    private ClientOptions options() {
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

    private static ClientOptions signing() {
        return ClientOptions.offering(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);
    }

    /** An established connection whose second handshake waits for a signature. */
    static EmbeddedTls renegotiating(Waiting waiting) {
        Key key = waiting.new Key();
        key.answers = TestIdentity.RSA_2048;
        EmbeddedTls open = new EmbeddedTls(
                TestServers.builder(Credential.external(TestIdentity.RSA_2048.chain(), key))
                        .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                        .build(),
                signing());
        open.establishes();
        key.answers = null;
        return open.says(new ClientMessage[] {renegotiatingClientHello()});
    }

    <T> Start<T> hang() {
        started.incrementAndGet();
        pending.incrementAndGet();
        return Start.inProgress(new PendingOperation<T>() {
            @Override
            public Progress<T> resume() {
                return Progress.inProgress();
            }

            @Override
            public void cancel() {
                pending.decrementAndGet();
            }
        });
    }

    private final class Key implements ExternalPrivateKey {

        /** The identity whose key signs immediately; null for no answer. */
        TestIdentity answers;

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
            if (answers == null) {
                return hang();
            }
            byte[] signature = SchemeSignatures.sign(request.scheme(), answers.privateKey(), request.message());
            return Start.ready(new PendingOperation<byte[]>() {
                @Override
                public Progress<byte[]> resume() {
                    return Progress.done(signature);
                }

                @Override
                public void cancel() {}
            });
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
        public byte[] seal(ResumableSession session) {
            return null;
        }

        @Override
        public Start<Optional<OpenedTicket>> start(TicketOpening opening, Waker waker) {
            return hang();
        }
    }
}
