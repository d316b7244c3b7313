package dev.lockstep.simulation;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.ZerosKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.testkit.util.SeededRandom;
import dev.lockstep.tls.config.Bounds;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignatureVerification;
import dev.lockstep.tls.peer.ClientCertificateVerifier;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.peer.VerificationRequest;
import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.session.TicketKey;
import dev.lockstep.tls.session.TicketKeyRing;
import dev.lockstep.tls.session.TicketOpening;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.KeyExchange;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** A server of one setting, whose key, stores and verifier are the {@link Operations} of the connection that asks. */
public final class Server {

    /** The longest handshake. */
    public static final Duration HANDSHAKE = Duration.ofSeconds(30);

    /** The longest operation. */
    public static final Duration OPERATION = Duration.ofSeconds(5);

    /** Who a client is, where it is asked. */
    static final TestIdentity CLIENT = TestIdentity.P256;

    private static final InstantSource NOW = InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000L));

    /** What the client of a setting has of an earlier connection. */
    enum Earlier {
        NOTHING,
        AN_ID,
        A_TICKET
    }

    /** Where the keys of servers are. */
    @FunctionalInterface
    public interface Keys {
        /** @param asking the operations of the connection that asks */
        ExternalPrivateKey of(TestIdentity identity, Supplier<Operations> asking);
    }

    private final KeyExchange exchange;
    private final boolean authenticates;
    private final Earlier earlier;
    private final FakeClock clock;
    private final @Nullable Keys keys;
    private final List<TestIdentity> identities;
    private final SeededRandom random = new SeededRandom(11);

    /** Behind a class of the JDK the search for secrets does not look: these are not the connection's. */
    private final AtomicReference<Map<SessionId, ResumableSession>> stored = new AtomicReference<>(new HashMap<>());

    private final AtomicReference<Map<SessionId, ResumableSession>> kept = new AtomicReference<>(Map.of());
    private final AtomicReference<TicketKeyRing> ring = new AtomicReference<>(ring());
    private TlsServerConfig config;
    private int configured;
    private final AtomicReference<Operations> current = new AtomicReference<>(new Operations(Fault.NONE));
    private @Nullable ClientSession initial;
    private @Nullable ClientSession session;

    private Server(KeyExchange exchange, boolean authenticates, Earlier earlier, FakeClock clock) {
        this(
                exchange,
                authenticates,
                earlier,
                clock,
                null,
                List.of(exchange == KeyExchange.ECDHE_ECDSA ? TestIdentity.P256 : TestIdentity.RSA_2048));
    }

    private Server(
            KeyExchange exchange,
            boolean authenticates,
            Earlier earlier,
            FakeClock clock,
            @Nullable Keys keys,
            List<TestIdentity> identities) {
        this.exchange = exchange;
        this.authenticates = authenticates;
        this.earlier = earlier;
        this.clock = clock;
        this.keys = keys;
        this.identities = identities;
        this.config = configure(identities.get(0));
        if (earlier != Earlier.NOTHING) {
            session = Conversations.complete(this);
            initial = session;
            kept.set(Map.copyOf(stored.get()));
        }
    }

    /** Returns a server of every setting; they share a clock. */
    public static List<Server> all(FakeClock clock) {
        List<Server> all = new ArrayList<>();
        for (KeyExchange exchange : List.of(
                KeyExchange.ECDHE_ECDSA,
                KeyExchange.ECDHE_RSA,
                KeyExchange.RSA,
                KeyExchange.ECDHE_PSK,
                KeyExchange.PSK)) {
            for (Earlier each : Earlier.values()) {
                all.add(new Server(exchange, false, each, clock));
            }
            if (!exchange.usesPsk()) {
                all.add(new Server(exchange, true, Earlier.NOTHING, clock));
                all.add(new Server(exchange, true, Earlier.A_TICKET, clock));
            }
        }
        // Expensive ones: a secret that is computed elsewhere, and two questions for one message.
        all.add(new Server(KeyExchange.DHE_RSA, false, Earlier.NOTHING, clock));
        all.add(new Server(KeyExchange.RSA_PSK, false, Earlier.NOTHING, clock));
        return all;
    }

    /** Returns servers whose keys sign and decrypt for real, and are elsewhere; each has several to choose from. */
    public static List<Server> withKeys(Keys keys, List<TestIdentity> curves, List<TestIdentity> rsa, FakeClock clock) {
        return List.of(
                new Server(KeyExchange.ECDHE_ECDSA, false, Earlier.NOTHING, clock, keys, curves),
                new Server(KeyExchange.ECDHE_ECDSA, true, Earlier.NOTHING, clock, keys, curves),
                new Server(KeyExchange.ECDHE_ECDSA, false, Earlier.AN_ID, clock, keys, curves),
                new Server(KeyExchange.ECDHE_RSA, false, Earlier.A_TICKET, clock, keys, rsa),
                new Server(KeyExchange.RSA, false, Earlier.NOTHING, clock, keys, rsa),
                new Server(KeyExchange.ECDHE_RSA, false, Earlier.NOTHING, clock, keys, rsa),
                new Server(KeyExchange.RSA_PSK, false, Earlier.NOTHING, clock, keys, rsa));
    }

    /** Makes it as it was in the beginning, with randomness of a seed. */
    public void restart(long seed) {
        random.restart(seed);
        session = initial;
        if (configured > 0) {
            configured = 0;
            config = configure(identities.get(0));
        }
        ring.set(ring());
        stored.get().clear();
        kept.get().forEach((id, each) -> stored.get().put(id, each.copy()));
    }

    TlsServerConfig config() {
        return config;
    }

    /** Whose operations the next callbacks are. */
    void enter(Operations operations) {
        current.set(operations);
    }

    /** A client has shaken hands: the next one offers its session. */
    void remember(ClientSession made) {
        boolean usable = earlier == Earlier.AN_ID ? made.id().length > 0 : made.ticket().length > 0;
        if (earlier != Earlier.NOTHING && usable) {
            session = made;
        }
    }

    /** Replaces the configuration by one with another certificate and key; connections that are open keep theirs. */
    public void reconfigure() {
        configured++;
        config = configure(identities.get(configured % identities.size()));
    }

    /** What may happen to a server while it serves: its store is lost, or its ticket keys are turned or replaced. */
    public void reload(Choices choices) {
        switch (choices.below(3)) {
            case 0 -> stored.get().clear();
            case 1 -> ring.get().rotateTo(List.of(TicketKey.generate(random)));
            default -> ring.get().replaceWith(List.of(TicketKey.generate(random)));
        }
    }

    /** The ticket keys of the beginning. */
    private static TicketKeyRing ring() {
        SeededRandom first = new SeededRandom(12);
        return TicketKeyRing.of(List.of(TicketKey.generate(first)), Duration.ofHours(1), NOW, first);
    }

    /** Returns a client of this server. */
    ClientOptions client(long seed) {
        CipherSuite suite = CipherSuite.valueOf("TLS_" + exchange + "_WITH_AES_128_GCM_SHA256");
        ClientOptions options = ClientOptions.offering(suite).seed(seed);
        if (keys == null) {
            options.withoutVerification();
        }
        if (exchange == KeyExchange.DHE_RSA) {
            options.groups(NamedGroup.FFDHE3072);
        }
        ClientSession offered = session;
        if (offered == null) {
            return earlier == Earlier.A_TICKET ? options.wantingTicket() : options;
        }
        return earlier == Earlier.AN_ID ? options.resumingById(offered) : options.resumingByTicket(offered);
    }

    @Override
    public String toString() {
        return exchange + (authenticates ? " with a client certificate" : "") + ", client has " + earlier;
    }

    private TlsServerConfig configure(TestIdentity identity) {
        ExternalPrivateKey key = keys == null
                ? new ZerosKey(identity, (kind, answer, waker) -> current.get().start(kind, answer, waker))
                : keys.of(identity, current::get);
        Credential credential = Credential.external(identity.chain(), key);
        TlsServerConfigBuilder builder = TestServers.builder(credential)
                .random(random)
                .groups(List.of(NamedGroup.X25519, NamedGroup.FFDHE3072))
                .keyAgreements(
                        (request, waker) -> current.get().start(SuspensionKind.KEY_AGREEMENT, request::agree, waker))
                .clock(clock)
                .wallClock(NOW)
                .handshakeTimeout(HANDSHAKE)
                .keyOperationTimeout(OPERATION)
                .signatureVerification(
                        keys == null ? SignatureVerification.never() : SignatureVerification.unlessVerified())
                .bounds(Bounds.DEFAULT)
                .renegotiation(RenegotiationPolicy.ALLOWED
                        .withMaxRenegotiations(1)
                        .withMinInterval(Duration.ZERO)
                        .withClientCertificateMayChange(true))
                .clientAuthentication(
                        authenticates ? ClientAuthentication.required(new Verifier()) : ClientAuthentication.none());
        if (exchange.usesPsk()) {
            builder.preSharedKeys((request, waker) -> current.get()
                    .start(SuspensionKind.PSK_LOOKUP, () -> Optional.of(ClientOptions.PSK.clone()), waker));
        }
        switch (earlier) {
            case NOTHING ->
                builder.credentialSelector((request, waker) ->
                        current.get().start(SuspensionKind.CREDENTIAL_SELECTION, () -> List.of(credential), waker));
            case AN_ID -> builder.sessionStore(new Store());
            case A_TICKET -> builder.tickets(new Tickets());
        }
        return builder.build();
    }

    private final class Verifier implements ClientCertificateVerifier {
        @Override
        public Start<Verdict> start(VerificationRequest request, Waker waker) throws Exception {
            return current.get().start(SuspensionKind.CLIENT_CERTIFICATE, Verdict::accepted, waker);
        }

        @Override
        public List<X500Principal> acceptedIssuers() {
            return List.of();
        }
    }

    private final class Store implements SessionStore {
        @Override
        public Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) throws Exception {
            return current.get()
                    .start(
                            SuspensionKind.SESSION_LOOKUP,
                            () -> Optional.ofNullable(stored.get().get(lookup.id()))
                                    .map(ResumableSession::copy),
                            waker);
        }

        @Override
        public void put(SessionId id, ResumableSession given) {
            stored.get().put(id, given.copy());
        }

        @Override
        public void remove(SessionId id) {
            stored.get().remove(id);
        }
    }

    private final class Tickets implements TicketProtector {
        @Override
        public byte @Nullable [] seal(ResumableSession sealed) {
            return ring.get().seal(sealed);
        }

        @Override
        public Start<Optional<OpenedTicket>> start(TicketOpening opening, Waker waker) throws Exception {
            return current.get()
                    .start(
                            SuspensionKind.TICKET_OPENING,
                            () -> {
                                Start<Optional<OpenedTicket>> opened =
                                        ring.get().start(opening, waker);
                                return ((Progress.Done<Optional<OpenedTicket>>)
                                                ((Start.Ready<Optional<OpenedTicket>>) opened)
                                                        .operation()
                                                        .resume())
                                        .value();
                            },
                            waker);
        }
    }
}
