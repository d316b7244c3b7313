package dev.lockstep.tls.internal.handshake.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.internal.handshake.Hellos;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.Start;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The phases of a handshake together: its time limit, what it holds on the client's account, and what it leaves. */
class HandshakeTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int LONG = 1 << 14;
    private static final byte[] MESSAGE = {1, 0, 0, 1, 9};
    private static final byte[] OF_CLIENT = {1};
    private static final byte[] OF_SERVER = {2};

    private long now = Long.MAX_VALUE - 1; // across the wrap-around of nanoTime
    private final List<Object> sent = new ArrayList<>();
    private final HandshakeOutput output = (HandshakeOutput) Proxy.newProxyInstance(
            HandshakeOutput.class.getClassLoader(), new Class<?>[] {HandshakeOutput.class}, (proxy, method, args) -> {
                sent.add(args[0]);
                return null;
            });

    private TlsServerConfigBuilder builder() {
        return TlsServerConfig.builder()
                .preSharedKeys((request, waker) -> Start.fallThrough())
                .clock(() -> now);
    }

    private Handshake handshake(TlsServerConfigBuilder builder) {
        TlsServerConfig config = builder.build();
        return new Handshake(config, output, new History(config));
    }

    private Handshake handshake() {
        return handshake(builder());
    }

    private static MasterSecret master() {
        return MasterSecret.restore(HashAlgorithm.SHA256, new byte[48]);
    }

    private static Offer offer(Handshake handshake) {
        ClientHello hello = Hellos.offering(new int[] {0xc02b}, new byte[0]);
        return new Offer(handshake.config, hello, 100);
    }

    private static Agreement agreement() {
        return new Agreement.Builder(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, Hellos.ZEROS, Hellos.ZEROS)
                .build();
    }

    @Test
    void itsTimeBeginsWhenItIsTold() {
        Handshake handshake = handshake(builder().handshakeTimeout(LIMIT));
        assertThat(handshake.deadlineNanos()).isEmpty();
        now += 3;
        handshake.begin();
        assertThat(handshake.deadlineNanos()).isEqualTo(OptionalLong.of(now + LIMIT.toNanos()));
    }

    @Test
    void whatItSendsIsPartOfItsTranscript() {
        Handshake handshake = handshake();
        handshake.send(MESSAGE);
        assertThat(sent).containsExactly((Object) MESSAGE);
        handshake.transcript.choose(HashAlgorithm.SHA256);
        assertThat(handshake.transcript.snapshot()).isEqualTo(HashAlgorithm.SHA256.digest(MESSAGE));
    }

    @Test
    void randomBytesAreTheConfiguredOnes() {
        byte[] random = handshake().random(32);
        assertThat(random).hasSize(32).isNotEqualTo(new byte[32]);
    }

    @Test
    void itsObjectsCountFromClientHelloToBothFinished() {
        Handshake handshake = handshake();
        assertThat(handshake.heldBytes()).isZero();
        handshake.clientVersion.set(0x0303);
        int objects = handshake.heldBytes();
        assertThat(objects).isPositive();
        handshake.send(MESSAGE);
        assertThat(handshake.heldBytes()).isEqualTo(objects + MESSAGE.length);
        Offer offer = offer(handshake);
        handshake.offer.set(offer);
        assertThat(handshake.heldBytes()).isEqualTo(objects + MESSAGE.length + offer.heldBytes());
        handshake.clientVerifyData.set(OF_CLIENT);
        assertThat(handshake.heldBytes()).isEqualTo(objects + MESSAGE.length + offer.heldBytes());
        handshake.client.proven.set(Collections.singletonList(null));
        assertThat(handshake.heldBytes())
                .isEqualTo(objects + MESSAGE.length + offer.heldBytes() + Client.AVERAGE_CERTIFICATE);
        handshake.client.clear();
        handshake.serverVerifyData.set(OF_SERVER);
        assertThat(handshake.heldBytes()).isEqualTo(MESSAGE.length + offer.heldBytes());
    }

    @Test
    void aClientHelloThatIsNotLongIsKeptAsItIs() {
        Handshake handshake = handshake();
        handshake.condense();
        handshake.offer.set(offer(handshake));
        handshake.transcript.update(new byte[LONG], 0, LONG);
        handshake.condense();
        assertThat(handshake.transcript.heldBytes()).isEqualTo(LONG);
    }

    @Test
    void aLongClientHelloIsCondensedUntilItHasBeenAnswered() {
        Handshake handshake = handshake();
        handshake.offer.set(offer(handshake));
        handshake.transcript.update(new byte[LONG + 1], 0, LONG + 1);
        handshake.agreement.set(agreement());
        handshake.condense();
        assertThat(handshake.transcript.heldBytes()).isEqualTo(LONG + 1);
        handshake.agreement.clear();
        handshake.condense();
        assertThat(handshake.transcript.heldBytes()).isZero();
    }

    @Test
    void whatItLeavesIsWhatBothSidesHaveShown() {
        Handshake handshake = complete(builder().exporters(false));
        SessionId id = new SessionId(new byte[] {7});
        handshake.storedSession.set(id);
        Established left = handshake.complete();
        assertThat(left.agreement().cipherSuite()).isEqualTo(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);
        assertThat(left.peerCertificates()).isEmpty();
        assertThat(left.clientVerifyData()).isEqualTo(OF_CLIENT);
        assertThat(left.serverVerifyData()).isEqualTo(OF_SERVER);
        assertThat(left.sessionId()).isEqualTo(id);
        assertThat(left.exporterSecret()).isNull();
        assertThat(handshake.holdsSecrets()).isFalse();
        assertThat(handshake.transcript.heldBytes()).isZero();
        assertThat(handshake.offer.isSet()).isFalse();
        assertThat(handshake.selectedCredentials.isSet()).isFalse();
    }

    /** Only an exporter needs the master secret after the handshake. */
    @Test
    void theMasterSecretStaysWhereThereAreExporters() {
        Handshake handshake = complete(builder().exporters(true));
        MasterSecret secret = handshake.keys.master.get();
        assertThat(handshake.complete().exporterSecret()).isSameAs(secret);
        assertThat(handshake.holdsSecrets()).isFalse();
    }

    private Handshake complete(TlsServerConfigBuilder builder) {
        Handshake handshake = handshake(builder);
        handshake.send(MESSAGE);
        handshake.offer.set(offer(handshake));
        handshake.selectedCredentials.set(List.of());
        handshake.agreement.set(agreement());
        handshake.keys.master.set(master());
        handshake.clientVerifyData.set(OF_CLIENT);
        handshake.serverVerifyData.set(OF_SERVER);
        return handshake;
    }

    @Test
    void anEarlierSessionIsASecretUntilItIsDropped() {
        Handshake handshake = handshake();
        assertThat(handshake.holdsSecrets()).isFalse();
        handshake.dropEarlierSession();
        ResumableSession session = session();
        handshake.earlierSession.set(session);
        assertThat(handshake.holdsSecrets()).isTrue();
        handshake.dropEarlierSession();
        assertThat(handshake.holdsSecrets()).isFalse();
        assertThatIllegalStateException().as("destroyed").isThrownBy(session::encode);
    }

    @Test
    void wipingDropsTheClientAndAnEarlierSessionToo() {
        Handshake handshake = handshake();
        handshake.client.accepted.set(List.of());
        handshake.client.proven.set(List.of());
        ResumableSession session = session();
        handshake.earlierSession.set(session);
        handshake.wipe();
        assertThat(handshake.client.accepted.isSet()).isFalse();
        assertThat(handshake.client.proven.isSet()).isFalse();
        assertThat(handshake.earlierSession.isSet()).isFalse();
        assertThatIllegalStateException().as("destroyed").isThrownBy(session::encode);
    }

    private static ResumableSession session() {
        byte[] secret = new byte[ResumableSession.MASTER_SECRET_LENGTH];
        secret[0] = 1;
        return ResumableSession.builder(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, secret, 0)
                .build();
    }

    @Test
    void whetherATicketIsRenewedIsRemembered() {
        Handshake handshake = handshake();
        assertThat(handshake.renewsTicket()).isFalse();
        handshake.renewsTicket(true);
        assertThat(handshake.renewsTicket()).isTrue();
    }
}
