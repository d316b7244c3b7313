package dev.lockstep.tls.internal.handshake.choice;

import static dev.lockstep.tls.internal.Refusals.assertAlert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.RenegotiationPolicy.LegacyClients;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.extension.ExtendedMasterSecret;
import dev.lockstep.tls.internal.extension.Extension;
import dev.lockstep.tls.internal.extension.RenegotiationInfo;
import dev.lockstep.tls.internal.handshake.Hellos;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Established;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.HandshakeOutput;
import dev.lockstep.tls.internal.handshake.phase.History;
import dev.lockstep.tls.internal.handshake.phase.Offer;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.message.HelloRandom;
import dev.lockstep.tls.internal.message.HelloRequest;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.Start;
import java.lang.reflect.Proxy;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a ClientHello must refer to the handshake before it, and what a handshake may not drop (RFC 5746, 7366, 7627). */
class RenegotiationRulesTest {

    private static final int SCSV = 0x00ff;
    private static final byte[] OF_CLIENT = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    private static final byte[] OF_SERVER = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
    private static final HelloRandom ZEROS = new HelloRandom(new byte[HelloRandom.LENGTH]);
    private static final CipherSuite CBC = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA;

    private static TlsServerConfig config(LegacyClients clients) {
        return TlsServerConfig.builder()
                .preSharedKeys((request, waker) -> Start.fallThrough())
                .renegotiation(RenegotiationPolicy.ALLOWED.withLegacyClients(clients))
                .build();
    }

    private final TlsServerConfig config = config(LegacyClients.SERVE_ONCE);
    private final History history = new History(config);

    private void requireBinding(boolean scsv, Extension... extensions) {
        requireBinding(config, scsv, extensions);
    }

    private void requireBinding(TlsServerConfig by, boolean scsv, Extension... extensions) {
        int[] suites = scsv ? new int[] {0xc02b, SCSV} : new int[] {0xc02b};
        ClientHello hello = Hellos.offering(suites, new byte[0], extensions);
        RenegotiationRules.requireBinding(by, history, hello);
    }

    private void refuses(boolean scsv, Extension... extensions) {
        assertAlert(AlertDescription.HANDSHAKE_FAILURE, () -> requireBinding(scsv, extensions));
    }

    /** A handshake with a client that knows RFC 5746, or does not. */
    private void establish(boolean secure, boolean extendedMasterSecret, boolean encryptThenMac) {
        Agreement.Builder agreement = new Agreement.Builder(CBC, ZEROS, ZEROS);
        agreement.secureRenegotiation = secure;
        agreement.extendedMasterSecret = extendedMasterSecret;
        agreement.encryptThenMac = encryptThenMac;
        history.establish(new Established(agreement.build(), List.of(), null, OF_CLIENT, OF_SERVER, null, null));
    }

    @Test
    void aFirstHandshakeRefersToNone() {
        requireBinding(true);
        requireBinding(false, RenegotiationInfo.initial());
        requireBinding(true, RenegotiationInfo.initial());
        refuses(false, new RenegotiationInfo(OF_CLIENT));
        refuses(true, new RenegotiationInfo(new byte[1]));
    }

    @ParameterizedTest
    @EnumSource(LegacyClients.class)
    void aClientThatDoesNotKnowIsRefusedWhereThePolicySaysSo(LegacyClients clients) {
        TlsServerConfig policy = config(clients);
        if (clients == LegacyClients.REFUSE) {
            assertAlert(AlertDescription.HANDSHAKE_FAILURE, () -> requireBinding(policy, false));
        } else {
            requireBinding(policy, false);
        }
        requireBinding(policy, true);
        requireBinding(policy, false, RenegotiationInfo.initial());
    }

    @Test
    void aLaterHandshakeRefersToTheOneBefore() {
        establish(true, false, false);
        requireBinding(false, new RenegotiationInfo(OF_CLIENT));
        refuses(true, new RenegotiationInfo(OF_CLIENT));
        refuses(false);
        refuses(false, RenegotiationInfo.initial());
        refuses(false, new RenegotiationInfo(OF_SERVER));
    }

    @Test
    void aLegacyClientStaysOne() {
        establish(false, false, false);
        requireBinding(false);
        refuses(true);
        refuses(false, RenegotiationInfo.initial());
        refuses(false, new RenegotiationInfo(OF_CLIENT));
    }

    @Test
    void theExtendedMasterSecretIsNotDropped() {
        establish(true, true, false);
        refuses(false, new RenegotiationInfo(OF_CLIENT));
        requireBinding(false, new RenegotiationInfo(OF_CLIENT), new ExtendedMasterSecret());
        establish(true, false, false);
        requireBinding(false, new RenegotiationInfo(OF_CLIENT), new ExtendedMasterSecret());
    }

    @Test
    void encryptThenMacIsNotDroppedForMacThenEncrypt() {
        RenegotiationRules.requireNoWeakerProtection(history, agreement(CBC, false));
        establish(true, false, true);
        establish(true, false, false);
        RenegotiationRules.requireNoWeakerProtection(history, agreement(CBC, true));
        RenegotiationRules.requireNoWeakerProtection(
                history, agreement(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, false));
        assertAlert(
                AlertDescription.HANDSHAKE_FAILURE,
                () -> RenegotiationRules.requireNoWeakerProtection(history, agreement(CBC, false)));
    }

    private static Agreement agreement(CipherSuite suite, boolean encryptThenMac) {
        Agreement.Builder agreement = new Agreement.Builder(suite, ZEROS, ZEROS);
        agreement.encryptThenMac = encryptThenMac;
        return agreement.build();
    }

    /** RFC 5746 3.7-5. */
    @Test
    void theAnswerIsEmptyAtFirstAndThenBothVerifyData() {
        assertThat(RenegotiationRules.answer(history)).isEqualTo(RenegotiationInfo.initial());
        establish(true, false, false);
        byte[] both = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
        assertThat(RenegotiationRules.answer(history)).isEqualTo(new RenegotiationInfo(both));
    }

    /** A server that asks for another handshake to learn who the client is wants no session that does not say. */
    @Test
    void aSessionWithoutAClientIsNoAnswerWhereTheServerAskedForOne() {
        ClientAuthentication wanted = ClientAuthentication.wanted((request, waker) -> Start.fallThrough());
        List<X509Certificate> someChain = Collections.singletonList(null);
        assertThat(asksForTheClient(wanted, true, List.of())).isTrue();
        assertThat(asksForTheClient(wanted, true, someChain)).isFalse();
        assertThat(asksForTheClient(wanted, false, List.of())).isFalse();
        assertThat(asksForTheClient(ClientAuthentication.none(), true, List.of()))
                .isFalse();
    }

    private static boolean asksForTheClient(
            ClientAuthentication authentication, boolean serverAsked, List<X509Certificate> chain) {
        TlsServerConfig asking = TlsServerConfig.builder()
                .preSharedKeys((request, waker) -> Start.fallThrough())
                .clientAuthentication(authentication)
                .build();
        HandshakeOutput none = (HandshakeOutput) Proxy.newProxyInstance(
                HandshakeOutput.class.getClassLoader(), new Class<?>[] {HandshakeOutput.class}, (p, m, a) -> null);
        Handshake handshake = new Handshake(asking, none, new History(asking));
        handshake.offer.set(new Offer(asking, Hellos.offering(new int[] {0xc02b}, new byte[0]), 100));
        if (serverAsked) {
            handshake.helloRequest.set(new HelloRequest());
        }
        return RenegotiationRules.asksForTheClient(handshake, chain);
    }
}
