package dev.lockstep.tls.internal.handshake.phase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.internal.extension.ApplicationProtocols;
import dev.lockstep.tls.internal.extension.Extension;
import dev.lockstep.tls.internal.extension.ServerName;
import dev.lockstep.tls.internal.extension.SessionTicket;
import dev.lockstep.tls.internal.handshake.EmptyStore;
import dev.lockstep.tls.internal.handshake.Hellos;
import dev.lockstep.tls.internal.handshake.SealingNone;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.wait.Start;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a ClientHello asks of a configuration: which session is searched for and where, and who chooses a credential. */
class OfferTest {

    private static final byte[] ID = {1, 2, 3};
    private static final byte[] NONE = {};
    private static final SessionStore STORE = new EmptyStore(Duration.ofSeconds(2));
    private static final TicketProtector TICKETS = new SealingNone(Duration.ofSeconds(2));
    private static final byte[] TICKET = {4, 5};

    private static TlsServerConfigBuilder builder() {
        return TlsServerConfig.builder().preSharedKeys((request, waker) -> Start.fallThrough());
    }

    private static Offer offer(TlsServerConfigBuilder config, byte[] sessionId, Extension... extensions) {
        ClientHello hello = Hellos.offering(new int[] {0xc02b}, sessionId, extensions);
        return new Offer(config.build(), hello, 100);
    }

    @Test
    void aTicketIsOpenedWhereThereIsAProtector() {
        SessionTicket ticket = new SessionTicket(TICKET);
        assertThat(offer(builder().tickets(TICKETS), NONE, ticket).hasTicket()).isTrue();
        assertThat(offer(builder(), NONE, ticket).hasTicket()).isFalse();
        assertThat(offer(builder().tickets(TICKETS), NONE, SessionTicket.empty())
                        .hasTicket())
                .isFalse();
        assertThat(offer(builder().tickets(TICKETS), ID).hasTicket()).isFalse();
        assertThat(offer(builder(), NONE, ticket).ticket()).isEqualTo(TICKET);
        assertThat(offer(builder(), NONE).ticket()).isEmpty();
    }

    /** RFC 5077 3.4-3: beside a ticket the id names no session. */
    @Test
    void anIdIsLookedUpWhereThereIsAStoreAndNoTicket() {
        SessionTicket ticket = new SessionTicket(TICKET);
        assertThat(offer(builder().sessionStore(STORE), ID).namesSession()).isTrue();
        assertThat(offer(builder().sessionStore(STORE), ID, SessionTicket.empty())
                        .namesSession())
                .isTrue();
        assertThat(offer(builder().sessionStore(STORE), ID, ticket).namesSession())
                .isFalse();
        assertThat(offer(builder().sessionStore(STORE), NONE).namesSession()).isFalse();
        assertThat(offer(builder(), ID).namesSession()).isFalse();
    }

    @Test
    void aServerNameMayBeThereOrNot() {
        assertThat(offer(builder(), NONE).serverName()).isNull();
        assertThat(offer(builder(), NONE, new ServerName("a.example")).serverName())
                .isEqualTo("a.example");
    }

    @Test
    void aSelectorChoosesWhereThereIsOne() {
        assertThat(offer(builder(), NONE).hasSelector()).isFalse();
        assertThat(offer(builder().credentialSelector((request, waker) -> Start.fallThrough()), NONE)
                        .hasSelector())
                .isTrue();
    }

    /** What is kept of a long ClientHello is what this configuration can use; a selector may look at anything. */
    @Test
    void aLongClientHelloIsReducedToWhatMayBeUsed() {
        int[] suites = new int[1000];
        Arrays.fill(suites, 0xd0d0);
        suites[999] = 0xc02b;
        ClientHello hello = Hellos.offering(
                suites, NONE, new ApplicationProtocols(List.of("a".repeat(200), "h2", "b".repeat(200))));
        Offer kept = new Offer(builder().build(), hello, 2048);
        assertThat(kept.hello()).isSameAs(hello);
        assertThat(kept.heldBytes()).isEqualTo(hello.heldBytes()).isPositive();
        Offer reduced = new Offer(builder().applicationProtocols(List.of("h2")).build(), hello, 2049);
        assertThat(reduced.hello()).isNotSameAs(hello);
        assertThat(reduced.heldBytes()).isLessThan(kept.heldBytes() / 2);
        assertThat(protocolBytes(reduced)).isEqualTo(3);
        assertThat(protocolBytes(new Offer(
                        builder()
                                .applicationProtocolSelector((serverName, offered) -> null)
                                .build(),
                        hello,
                        2049)))
                .isEqualTo(201 + 3 + 201);
        assertThat(protocolBytes(new Offer(
                        builder()
                                .credentialSelector((request, waker) -> Start.fallThrough())
                                .build(),
                        hello,
                        2049)))
                .isEqualTo(201 + 3 + 201);
    }

    private static int protocolBytes(Offer offer) {
        ApplicationProtocols offered = offer.extensions().find(ApplicationProtocols.class);
        return offered == null ? 0 : offered.nameList().length;
    }
}
