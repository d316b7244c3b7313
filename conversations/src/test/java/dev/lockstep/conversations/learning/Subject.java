package dev.lockstep.conversations.learning;

import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.ZerosKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.testkit.util.SeededRandom;
import dev.lockstep.tls.config.Bounds;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.SignatureVerification;
import dev.lockstep.tls.peer.ClientCertificateVerifier;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.peer.VerificationRequest;
import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.session.TicketKeyRing;
import dev.lockstep.tls.session.TicketOpening;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.spec.KeyExchange;
import dev.lockstep.tls.spec.NamedGroup;
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
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** What is learned: the server of a setup, whose every operation suspends, and clients of it, each like the one before. */
final class Subject {

    /** Longer than any wait of a query, so that only {@link Input#DEADLINE} meets it. */
    static final Duration HANDSHAKE = Duration.ofDays(1);

    static final Duration OPERATION = Duration.ofSeconds(1);

    /** Who a client is, where it is asked. */
    static final TestIdentity CLIENT = TestIdentity.P256;

    private static final InstantSource NOW = InstantSource.fixed(Instant.now());

    private final Setup setup;
    private final TestIdentity identity;
    private final FakeClock clock = new FakeClock();
    private final Map<SessionId, ResumableSession> stored = new HashMap<>();
    private final TlsServerConfig config;
    private Operations operations = new Operations();
    private TicketKeyRing ring = ring(1);
    private @Nullable ClientSession session;
    private Map<SessionId, ResumableSession> kept = Map.of();

    Subject(Setup setup) {
        this.setup = setup;
        this.identity = setup.exchange() == KeyExchange.ECDHE_ECDSA ? TestIdentity.P256 : TestIdentity.RSA_2048;
        this.config = configure();
        if (setup.session() != Setup.Session.NONE) {
            Encounter first = encounter();
            first.completes();
            session = first.session();
            first.ends();
            kept = Map.copyOf(stored);
        }
        if (setup.session() == Setup.Session.OLD_TICKET) {
            ring = ring(2, 1);
        }
    }

    private static TicketKeyRing ring(int... seeds) {
        return TicketKeyRing.of(
                java.util.Arrays.stream(seeds).mapToObj(SessionFixture::key).toList(),
                Duration.ofHours(1),
                NOW,
                new SeededRandom(5));
    }

    Setup setup() {
        return setup;
    }

    FakeClock clock() {
        return clock;
    }

    /** A fresh connection, of which nothing was asked yet. */
    Encounter encounter() {
        operations = new Operations();
        stored.clear();
        kept.forEach((id, each) -> stored.put(id, each.copy()));
        return new Encounter(this, config, options(), operations);
    }

    private ClientOptions options() {
        ClientOptions options = ClientOptions.offering(setup.suite()).withoutVerification();
        ClientSession earlier = session;
        if (earlier == null) {
            return setup.session().isTicket() ? options.wantingTicket() : options;
        }
        return switch (setup.session()) {
            case NONE -> options;
            case ID -> options.resumingById(earlier);
            case TICKET, OLD_TICKET -> options.resumingByTicket(earlier);
            case FORGED_TICKET -> options.resumingByTicket(earlier.withTicket(Bytes.flipped(earlier.ticket(), -1)));
        };
    }

    private TlsServerConfig configure() {
        Credential credential = Credential.external(
                identity.chain(),
                new ZerosKey(identity, (kind, answer, waker) -> operations.start(kind, answer, waker)));
        TlsServerConfigBuilder builder = TestServers.builder(credential)
                .groups(List.of(NamedGroup.X25519, NamedGroup.FFDHE2048))
                .clock(clock)
                .wallClock(NOW)
                .handshakeTimeout(HANDSHAKE)
                .keyOperationTimeout(OPERATION)
                .signatureVerification(SignatureVerification.never())
                .bounds(Bounds.DEFAULT.withMaxWarningAlerts(1 << 16))
                .renegotiation(
                        setup.renegotiates()
                                ? RenegotiationPolicy.ALLOWED
                                        .withMaxRenegotiations(1)
                                        .withMinInterval(Duration.ZERO)
                                        .withClientCertificateMayChange(true)
                                : RenegotiationPolicy.REFUSED)
                .clientAuthentication(
                        switch (setup.auth()) {
                            case NONE -> ClientAuthentication.none();
                            case WANTED -> ClientAuthentication.wanted(new Verifier());
                            case REQUIRED -> ClientAuthentication.required(new Verifier());
                        });
        if (setup.exchange().usesPsk()) {
            builder.sessionContext(new byte[] {1}); // every server of the test knows the same keys
            builder.preSharedKeys((request, waker) ->
                    operations.start(SuspensionKind.PSK_LOOKUP, () -> Optional.of(ClientOptions.PSK.clone()), waker));
        }
        if (setup.hint()) {
            builder.pskIdentityHint("a hint");
        }
        if (setup.session() == Setup.Session.NONE) {
            builder.credentialSelector((request, waker) ->
                    operations.start(SuspensionKind.CREDENTIAL_SELECTION, () -> List.of(credential), waker));
        }
        if (setup.session() == Setup.Session.ID) {
            builder.sessionStore(new Store());
        }
        if (setup.session().isTicket()) {
            builder.tickets(new Tickets());
        }
        return builder.build();
    }

    private final class Verifier implements ClientCertificateVerifier {
        @Override
        public Start<Verdict> start(VerificationRequest request, Waker waker) {
            return operations.start(SuspensionKind.CLIENT_CERTIFICATE, Verdict::accepted, waker);
        }

        @Override
        public List<X500Principal> acceptedIssuers() {
            return List.of();
        }
    }

    private final class Store implements SessionStore {
        @Override
        public Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) {
            return operations.start(
                    SuspensionKind.SESSION_LOOKUP,
                    () -> Optional.ofNullable(stored.get(lookup.id())).map(ResumableSession::copy),
                    waker);
        }

        @Override
        public void put(SessionId id, ResumableSession kept) {
            stored.put(id, kept.copy());
        }

        @Override
        public void remove(SessionId id) {
            stored.remove(id);
        }
    }

    private final class Tickets implements TicketProtector {
        @Override
        public byte @Nullable [] seal(ResumableSession sealed) {
            return ring.seal(sealed);
        }

        @Override
        public Start<Optional<OpenedTicket>> start(TicketOpening opening, Waker waker) {
            return operations.start(
                    SuspensionKind.TICKET_OPENING,
                    () -> {
                        Start.Ready<Optional<OpenedTicket>> opened =
                                (Start.Ready<Optional<OpenedTicket>>) ring.start(opening, waker);
                        return ((Progress.Done<Optional<OpenedTicket>>)
                                        opened.operation().resume())
                                .value();
                    },
                    waker);
        }
    }
}
