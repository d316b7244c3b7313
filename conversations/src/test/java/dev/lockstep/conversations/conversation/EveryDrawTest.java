package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.rsaClientKeyExchange;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.EchoServer;
import dev.lockstep.conversations.fixture.FailingRandom;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.RecordingPsk;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.client.ClientVisit;
import dev.lockstep.testkit.client.PremasterBlock;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.session.MemorySessionStore;
import dev.lockstep.tls.session.TicketKeyRing;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import java.security.ProviderException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The source of random bytes fails at each draw of a conversation, once or for good. The connection ends with internal_error, or
 * does without what was to be drawn; it never continues with a value that a client could know.
 */
class EveryDrawTest {

    private static final String SERVED = "";
    private static final String INTERNAL_ERROR = "2, 80";
    private static final int MODULUS = 256;
    private static final int PREMASTER = 48;

    private enum Visit {
        X25519(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, NamedGroup.X25519),
        X448(CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, NamedGroup.X448),
        P256(CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, NamedGroup.SECP256R1),
        P384(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, NamedGroup.SECP384R1),
        P521(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, NamedGroup.SECP521R1),
        DHE(CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, NamedGroup.FFDHE2048),
        RSA(CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256, NamedGroup.SECP256R1),
        PSK(CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256, NamedGroup.X25519),
        DHE_PSK(CipherSuite.TLS_DHE_PSK_WITH_AES_128_GCM_SHA256, NamedGroup.FFDHE2048),
        ECDHE_PSK(CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256, NamedGroup.X25519),
        RSA_PSK(CipherSuite.TLS_RSA_PSK_WITH_AES_128_GCM_SHA256, NamedGroup.X25519),
        BY_ID(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, NamedGroup.X25519),
        BY_TICKET(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, NamedGroup.X25519);

        private final CipherSuite suite;
        private final NamedGroup group;

        Visit(CipherSuite suite, NamedGroup group) {
            this.suite = suite;
            this.group = group;
        }

        /** What the client offers, after an earlier visit where there is something to resume. */
        ClientOptions options(TlsServerConfig config) throws Exception {
            ClientOptions options = ClientOptions.offering(suite).groups(group, NamedGroup.SECP256R1);
            if (this == BY_ID) {
                return options.resumingById(earlier(config, options));
            }
            return this == BY_TICKET
                    ? options.resumingByTicket(earlier(config, options.wantingTicket()))
                    : options.wantingTicket();
        }

        private static ClientSession earlier(TlsServerConfig config, ClientOptions options) throws Exception {
            ClientVisit visit = new ClientVisit(options, new EchoServer(config)::serve);
            assertThat(visit.run(TestIdentity.P256)).isEqualTo(SERVED);
            return visit.session();
        }
    }

    private enum Failing {
        ONCE,
        FOR_GOOD;

        void from(FailingRandom random, int draw) {
            if (this == ONCE) {
                random.failAt(draw);
            } else {
                random.failFrom(draw);
            }
        }
    }

    private static boolean isOfTheToken(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(ProviderException.class::isInstance);
    }

    private static TlsServerConfig config(FailingRandom random) {
        return config(random, new ArrayList<>());
    }

    private static TlsServerConfig config(FailingRandom random, List<Throwable> told) {
        return TestServers.builder(TestServers.local(TestIdentity.RSA_2048), TestServers.local(TestIdentity.P256))
                .random(random)
                .preSharedKeys((request, waker) -> Start.done(
                        request.identity().equals(PskIdentity.of(ClientOptions.PSK_IDENTITY))
                                ? Optional.of(ClientOptions.PSK.clone())
                                : Optional.empty()))
                .clientAuthentication(ClientAuthentication.wanted((request, waker) -> Start.done(Verdict.accepted())))
                .observer(new ConnectionObserver() {
                    @Override
                    public void onOperationFailed(SuspensionKind kind, Throwable cause) {
                        told.add(cause);
                    }
                })
                .sessionStore(new MemorySessionStore(100, Duration.ofHours(1)))
                .tickets(TicketKeyRing.rotating(
                        Duration.ofHours(1), Duration.ofHours(2), InstantSource.system(), random))
                .build();
    }

    /** Visits, and returns how often random bytes were drawn meanwhile. */
    private static int draws(Visit kind) throws Exception {
        FailingRandom random = new FailingRandom();
        TlsServerConfig config = config(random);
        ClientOptions options = kind.options(config);
        int before = random.draws();
        assertThat(new ClientVisit(options, new EchoServer(config)::serve).run(TestIdentity.P256))
                .isEqualTo(SERVED);
        return random.draws() - before;
    }

    @ParameterizedTest
    @EnumSource(Visit.class)
    void aClientIsServedOrLearnsOfAnInternalError(Visit kind) throws Exception {
        int draws = draws(kind);
        assertThat(draws).isPositive();
        int refused = 0;
        for (int draw = 0; draw < draws; draw++) {
            for (Failing failing : Failing.values()) {
                FailingRandom random = new FailingRandom();
                List<Throwable> told = new ArrayList<>();
                TlsServerConfig config = config(random, told);
                ClientOptions options = kind.options(config);
                failing.from(random, random.draws() + draw);
                EchoServer server = new EchoServer(config);
                ClientVisit visit = new ClientVisit(options, server::serve);

                String end = visit.run(TestIdentity.P256);

                String which = "draw %d fails %s".formatted(draw, failing);
                assertThat(server.connection().isClosed()).as(which).isTrue();
                if (server.connection().failure() == null) {
                    assertThat(end).as(which).isEqualTo(SERVED);
                    assertThat(visit.echoed()).as(which).asString().isEqualTo("ping");
                } else {
                    refused++;
                    // without an alert where the alert itself needs random bytes
                    assertThat(end).as(which).isIn(INTERNAL_ERROR, SERVED);
                    assertThat(Stream.concat(
                                    told.stream(), Stream.of(server.connection().failure())))
                            .as(which)
                            .anyMatch(EveryDrawTest::isOfTheToken);
                }
                SecretHunt.assertHandshakeHoldsNone(server.connection());
                random.failFrom(Integer.MAX_VALUE);
                assertThat(new ClientVisit(kind.options(config), new EchoServer(config)::serve).run(TestIdentity.P256))
                        .as("after " + which)
                        .isEqualTo(SERVED);
            }
        }
        assertThat(refused).isPositive();
    }

    /** The value drawn in place of a pre-shared key is none for the decryption that follows, be it as long. */
    @ParameterizedTest
    @EnumSource(Failing.class)
    void aValueServesOnce(Failing failing) {
        FailingRandom random = new FailingRandom();
        RecordingPsk psk = new RecordingPsk().standInLength(PREMASTER);
        Conversation conversation = Conversation.of(
                        TestServers.builder(TestServers.local(TestIdentity.RSA_2048))
                                .random(random)
                                .preSharedKeys(psk)
                                .build(),
                        ClientOptions.offering(Visit.RSA_PSK.suite),
                        Forms.PLAIN)
                .clientHelloAndAnswer();
        failing.from(random, random.draws() + 1);
        conversation.secondFlight();
        conversation.server().refuses(AlertDescription.INTERNAL_ERROR);
        assertThat(psk.requests()).hasSize(1);
    }

    static Stream<Arguments> impostors() {
        ClientMessage own = clientKeyExchange();
        return Stream.of(new byte[0], new byte[32], new byte[48])
                .flatMap(guess -> Stream.concat(
                        Stream.of(Visit.PSK, Visit.DHE_PSK, Visit.ECDHE_PSK, Visit.RSA_PSK)
                                .flatMap(kind -> Stream.of(ClientOptions.PSK_IDENTITY, new byte[] {'x'})
                                        .map(who -> Arguments.of(kind, who, guess, own))),
                        Stream.of(PremasterBlock.values())
                                .filter(block -> block != PremasterBlock.WELL_FORMED)
                                .map(block -> Arguments.of(
                                        Visit.RSA,
                                        new byte[0],
                                        guess,
                                        rsaClientKeyExchange(block.block(0x0303, MODULUS), guess)))));
    }

    /** A client that counts on nothing, or zeros, where a random value was to stand in for a secret it does not have. */
    @ParameterizedTest
    @MethodSource("impostors")
    void anImpostorNeverCompletesAHandshake(Visit kind, byte[] identity, byte[] guess, ClientMessage keyExchange)
            throws Exception {
        int draws = draws(kind);
        for (int draw = 0; draw < draws; draw++) {
            for (Failing failing : Failing.values()) {
                FailingRandom random = new FailingRandom();
                TlsServerConfig config = config(random);
                ClientOptions options = kind.options(config).psk(identity, guess);
                failing.from(random, random.draws() + draw);
                EchoServer server = new EchoServer(config);
                ScriptedClient client = new ScriptedClient(options);
                client.sends(clientHello());
                server.serve(client);
                if (client.takeSeen().stream().map(Seen::kind).anyMatch(Seen.Kind.SERVER_HELLO_DONE::equals)) {
                    client.sends(keyExchange, changeCipherSpec(), finished());
                    server.serve(client);
                }
                assertThat(client.isFinished())
                        .as("draw %d fails %s", draw, failing)
                        .isFalse();
                assertThat(server.connection().isEstablished()).isFalse();
                assertThat(server.connection().failure()).isNotNull();
                SecretHunt.assertHandshakeHoldsNone(server.connection());
            }
        }
    }
}
