package dev.lockstep.conversations.oracle;

import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.testkit.util.SeededRandom;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.peer.ClientCertificateVerifier;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.peer.VerificationRequest;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.session.TicketKeyRing;
import dev.lockstep.tls.session.TicketOpening;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/** The server's side of a setup: a configuration whose every operation is written down, and nothing of which varies. */
final class OracleServer {

    private static final InstantSource NOW = InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000L));

    private final Setup setup;
    private final Journal journal;
    private final Map<SessionId, ResumableSession> sessions = new HashMap<>();
    private final boolean ec;

    OracleServer(Setup setup, Journal journal) {
        this.setup = setup;
        this.journal = journal;
        this.ec = setup.exchange() == Setup.Exchange.ECDHE_ECDSA;
    }

    /** What its store has. */
    Map<SessionId, ResumableSession> sessions() {
        return sessions;
    }

    TlsServerConfig config(RenegotiationPolicy renegotiation) {
        Credential credential = Credential.external(List.of(ec ? OracleKeys.EC : OracleKeys.RSA), new Key());
        if (setup.stapling() == Setup.Stapling.YES) {
            credential = credential.withOcspResponse(ec ? OracleKeys.EC_STATUS : OracleKeys.RSA_STATUS);
        }
        List<Credential> credentials = List.of(credential);
        TlsServerConfigBuilder builder = TlsServerConfig.builder()
                .policy(Policy.COMPATIBLE)
                .groups(List.of(NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.FFDHE2048))
                .random(new SeededRandom(2))
                .clock(new FakeClock())
                .wallClock(NOW)
                .renegotiation(renegotiation)
                .observer(journal)
                .keyLog(line -> journal.called("K"))
                .credential(credential);
        if (setup.selector() == Setup.Selector.YES) {
            builder.credentialSelector((request, waker) -> journal.start(
                    "select",
                    SuspensionKind.CREDENTIAL_SELECTION,
                    () -> bad(SuspensionKind.CREDENTIAL_SELECTION) ? List.of() : credentials));
        }
        if (setup.exchange().isPsk()) {
            builder.sessionContext(new byte[] {1}); // every server of the test knows the same keys
            builder.preSharedKeys((request, waker) -> journal.start(
                    "psk",
                    SuspensionKind.PSK_LOOKUP,
                    () -> !request.identity().equals(PskIdentity.of(ClientOptions.PSK_IDENTITY))
                            ? Optional.empty()
                            : Optional.of(bad(SuspensionKind.PSK_LOOKUP) ? new byte[0] : ClientOptions.PSK.clone())));
        }
        if (setup.hint() == Setup.Hint.YES) {
            builder.pskIdentityHint("a hint");
        }
        if (setup.session() != Setup.Session.NONE) {
            builder.sessionStore(new Store());
        }
        if (setup.issue() != Setup.Issue.NONE) {
            builder.tickets(new Tickets());
        }
        return builder.clientAuthentication(
                        switch (setup.auth()) {
                            case NONE -> ClientAuthentication.none();
                            case WANTED_WITH, WANTED_WITHOUT -> ClientAuthentication.wanted(new Verifier());
                            case REQUIRED_WITH, REQUIRED_WITHOUT -> ClientAuthentication.required(new Verifier());
                        })
                .build();
    }

    private boolean bad(SuspensionKind kind) {
        return journal.has(kind, Journal.Fault.BAD_VALUE);
    }

    private final class Key implements ExternalPrivateKey {
        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return Set.of(ec ? SignatureScheme.ECDSA_SECP256R1_SHA256 : SignatureScheme.RSA_PKCS1_SHA256);
        }

        @Override
        public boolean canDecrypt() {
            return !ec;
        }

        @Override
        public Start<byte[]> startSign(SignRequest request, Waker waker) {
            return journal.start(
                    "sign",
                    SuspensionKind.SIGN,
                    () -> bad(SuspensionKind.SIGN)
                            ? new byte[70]
                            : OracleKeys.sign(request.scheme(), request.message(), request.digest()));
        }

        @Override
        public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
            return journal.start(
                    "decrypt",
                    SuspensionKind.DECRYPT,
                    () -> bad(SuspensionKind.DECRYPT) ? new byte[47] : OracleKeys.decrypt(request.ciphertext()));
        }
    }

    private final class Verifier implements ClientCertificateVerifier {
        @Override
        public Start<Verdict> start(VerificationRequest request, Waker waker) {
            return journal.start(
                    "verify",
                    SuspensionKind.CLIENT_CERTIFICATE,
                    () -> bad(SuspensionKind.CLIENT_CERTIFICATE)
                            ? Verdict.rejected(AlertDescription.CERTIFICATE_REVOKED, "as the recording wants it")
                            : Verdict.accepted());
        }

        @Override
        public List<X500Principal> acceptedIssuers() {
            return List.of(OracleKeys.AUTHORITY);
        }
    }

    private final class Store implements SessionStore {
        @Override
        public Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) {
            return journal.start(
                    "lookup",
                    SuspensionKind.SESSION_LOOKUP,
                    () -> bad(SuspensionKind.SESSION_LOOKUP)
                            ? Optional.empty()
                            : Optional.ofNullable(sessions.get(lookup.id())).map(ResumableSession::copy));
        }

        @Override
        public void put(SessionId id, ResumableSession session) {
            journal.called("put");
            sessions.put(id, session.copy());
        }

        @Override
        public void remove(SessionId id) {
            journal.called("remove");
            sessions.remove(id);
        }
    }

    /** Tickets of a ring whose first key is another one when they are to be renewed. */
    private final class Tickets implements TicketProtector {
        private final TicketKeyRing ring = TicketKeyRing.of(
                setup.issue() == Setup.Issue.RENEWED
                        ? List.of(SessionFixture.key(2), SessionFixture.key(1))
                        : List.of(SessionFixture.key(1)),
                Duration.ofHours(1),
                NOW,
                new SeededRandom(5));

        @Override
        public byte[] seal(ResumableSession session) {
            journal.called("seal");
            return ring.seal(session);
        }

        @Override
        public Start<Optional<OpenedTicket>> start(TicketOpening opening, Waker waker) {
            return journal.start("open", SuspensionKind.TICKET_OPENING, () -> {
                if (bad(SuspensionKind.TICKET_OPENING)) {
                    return Optional.empty();
                }
                Start<Optional<OpenedTicket>> start = ring.start(opening, waker);
                return ((Progress.Done<Optional<OpenedTicket>>) ((Start.Ready<Optional<OpenedTicket>>) start)
                                .operation()
                                .resume())
                        .value();
            });
        }
    }
}
