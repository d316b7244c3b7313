package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.RecordingPsk;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.CredentialOrder;
import dev.lockstep.tls.config.SuiteOrder;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.CredentialRequest;
import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.RefusedException;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server may decide beyond its lists of preference. */
class ServerControlsTest {

    private static final CipherSuite GCM_128 = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite GCM_256 = CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;
    private static final CipherSuite CHACHA = CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256;
    private static final CipherSuite CBC = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256;
    private static final CipherSuite ECDSA = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite PSK = CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256;
    private static final int SERVER_NAME = 0;
    private static final int CERTIFICATE_AUTHORITIES = 47;

    private static ScriptedClient complete(TlsServerConfig config, ClientOptions options) {
        return Conversation.of(config, options, Forms.PLAIN).completes().client();
    }

    private static CipherSuite chosen(TlsServerConfig config, CipherSuite... offered) {
        return complete(config, ClientOptions.offering(offered)).cipherSuite();
    }

    private static TlsServerConfigBuilder rsa() {
        return builder(local(TestIdentity.RSA_2048)).cipherSuites(List.of(GCM_128, GCM_256, CHACHA, CBC));
    }

    @Test
    void theClientsOrderOfSuitesDecidesWhereTheServerSaysSo() {
        TlsServerConfig config = rsa().suiteOrder(SuiteOrder.CLIENT).build();
        assertThat(chosen(config, CBC, GCM_128, CHACHA)).isEqualTo(CBC);
        assertThat(chosen(config, ECDSA, CHACHA, GCM_128)).isEqualTo(CHACHA);
        assertThat(chosen(rsa().build(), CBC, GCM_128, CHACHA)).isEqualTo(GCM_128);
    }

    @Test
    void amongEqualSuitesTheClientDecides() {
        TlsServerConfig config =
                rsa().equalCipherSuites(List.of(Set.of(GCM_128, CHACHA))).build();
        assertThat(chosen(config, CHACHA, GCM_128)).isEqualTo(CHACHA);
        assertThat(chosen(config, GCM_128, CHACHA)).isEqualTo(GCM_128);
        // the set stands where its first suite stands, before what the client likes better
        assertThat(chosen(config, CBC, GCM_256, CHACHA)).isEqualTo(CHACHA);
        assertThat(chosen(config, CBC, GCM_256)).isEqualTo(GCM_256);
    }

    @Test
    void equalSuitesThatAreNotEnabledStayOff() {
        TlsServerConfig config = builder(local(TestIdentity.RSA_2048))
                .cipherSuites(List.of(GCM_128))
                .equalCipherSuites(List.of(Set.of(GCM_128, CHACHA)))
                .build();
        assertThat(chosen(config, CHACHA, GCM_128)).isEqualTo(GCM_128);
    }

    @Test
    void setsOfEqualSuitesAreDisjointAndHaveTwoOrMore() {
        for (List<Set<CipherSuite>> sets :
                List.of(List.of(Set.of(GCM_128)), List.of(Set.of(GCM_128, CHACHA), Set.of(CHACHA, GCM_256)))) {
            assertThatThrownBy(() -> rsa().equalCipherSuites(sets))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith("equalCipherSuites: ");
        }
    }

    /** The rule that CredentialSelector documents, for its candidates and for configured credentials. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void suitesDecideBeforeCredentialsUnlessConfiguredOtherwise(boolean selected) {
        for (CredentialOrder order : CredentialOrder.values()) {
            TlsServerConfigBuilder builder = builder();
            if (selected) {
                builder.credentialSelector((request, waker) ->
                        Start.done(List.of(local(TestIdentity.RSA_2048), local(TestIdentity.P256))));
            } else {
                builder.credential(local(TestIdentity.RSA_2048)).credential(local(TestIdentity.P256));
            }
            TlsServerConfig config = builder.cipherSuites(List.of(ECDSA, GCM_128, CHACHA))
                    .credentialOrder(order)
                    .build();
            assertThat(chosen(config, ECDSA, CHACHA, GCM_128))
                    .isEqualTo(order == CredentialOrder.SUITES_FIRST ? ECDSA : GCM_128);
            assertThat(chosen(config, ECDSA)).isEqualTo(ECDSA);
        }
    }

    @Test
    void whereCredentialsComeFirstSuitesWithoutOneComeLast() {
        TlsServerConfigBuilder builder = builder(local(TestIdentity.P256))
                .preSharedKeys(new RecordingPsk())
                .cipherSuites(List.of(PSK, ECDSA));
        assertThat(chosen(builder.build(), PSK, ECDSA)).isEqualTo(PSK);
        TlsServerConfig credentials =
                builder.credentialOrder(CredentialOrder.CREDENTIALS_FIRST).build();
        assertThat(chosen(credentials, PSK, ECDSA)).isEqualTo(ECDSA);
        assertThat(chosen(credentials, PSK)).isEqualTo(PSK);
    }

    static Stream<CredentialSelector> refusingSelectors() {
        RefusedException refusal = new RefusedException(AlertDescription.ACCESS_DENIED, "not at night");
        return Stream.of(
                (request, waker) -> {
                    throw refusal;
                },
                (request, waker) -> Start.failed(refusal),
                (request, waker) -> Start.ready(() -> Progress.failed(refusal)));
    }

    @ParameterizedTest
    @MethodSource("refusingSelectors")
    void aCredentialSelectorRefusesWithAnAlertOfItsChoice(CredentialSelector selector) {
        List<SuspensionKind> failed = new ArrayList<>();
        TlsServerConfig config = builder(local(TestIdentity.RSA_2048))
                .credentialSelector(selector)
                .observer(new ConnectionObserver() {
                    @Override
                    public void onOperationFailed(SuspensionKind kind, Throwable cause) {
                        failed.add(kind);
                    }
                })
                .build();
        Conversation conversation = Conversation.of(config, ClientOptions.offering(GCM_128), Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().refuses(AlertDescription.ACCESS_DENIED);
        assertThat(failed).isEmpty();
    }

    @Test
    void aProtocolSelectorRefusesWithAnAlertOfItsChoice() {
        TlsServerConfig config = rsa().applicationProtocolSelector((offered, serverName) -> {
                    throw new RefusedException(AlertDescription.UNRECOGNIZED_NAME, "no such host");
                })
                .build();
        Conversation conversation =
                Conversation.of(config, ClientOptions.offering(GCM_128).protocols("h2"), Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().refuses(AlertDescription.UNRECOGNIZED_NAME);
    }

    /** RFC 6066 3: a name that the server does not serve may end the handshake; a client that sends none is served. */
    @Test
    void aServerNameThatIsNotServedIsUnrecognized() {
        TlsServerConfig config =
                rsa().build().with(ConnectionOptions.NONE.withServerNames(name -> name.equals("served.example")));
        for (String host : List.of("other.example", "served.example.org")) {
            Conversation conversation =
                    Conversation.of(config, ClientOptions.offering(GCM_128).serverName(host), Forms.PLAIN);
            conversation.client().sends(clientHello());
            conversation.server().refuses(AlertDescription.UNRECOGNIZED_NAME);
        }
        Conversation.of(config, ClientOptions.offering(GCM_128).serverName("served.example"), Forms.PLAIN)
                .completes();
        Conversation.of(config, ClientOptions.offering(GCM_128), Forms.PLAIN).completes();
    }

    @Test
    void anAlertThatRefusesNothingIsNoRefusal() {
        for (AlertDescription alert : List.of(
                AlertDescription.CLOSE_NOTIFY,
                AlertDescription.USER_CANCELED,
                AlertDescription.NO_RENEGOTIATION,
                AlertDescription.EXPORT_RESTRICTION)) {
            assertThatIllegalArgumentException().isThrownBy(() -> new RefusedException(alert, "no"));
        }
    }

    private static CredentialRequest requestOf(ClientOptions options) {
        AtomicReference<CredentialRequest> seen = new AtomicReference<>();
        TlsServerConfig config = builder(local(TestIdentity.RSA_2048))
                .credentialSelector((request, waker) -> {
                    seen.set(request);
                    return Start.fallThrough();
                })
                .build();
        complete(config, options);
        return seen.get();
    }

    @Test
    void aSelectorSeesTheAuthoritiesAndEveryExtension() {
        X500Principal wanted = new X500Principal("CN=clients' favourite");
        byte[] name = wanted.getEncoded();
        byte[] authorities = Bytes.concat(new byte[] {0, (byte) (name.length + 2), 0, (byte) name.length}, name);
        CredentialRequest request = requestOf(ClientOptions.offering(GCM_128)
                .serverName("a.test")
                .extension(CERTIFICATE_AUTHORITIES, authorities)
                .extension(0x1a1a, new byte[] {7}));
        assertThat(request.certificateAuthorities()).containsExactly(wanted);
        assertThat(request.extensions().get(0x1a1a)).containsExactly(7);
        assertThat(request.extensions().get(CERTIFICATE_AUTHORITIES)).isEqualTo(authorities);
        assertThat(request.extensions()).containsKey(SERVER_NAME);
        assertThatThrownBy(() -> request.extensions().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    /** TLS 1.2 does not know the extension: whatever is in it, the handshake goes its way. */
    @Test
    void authoritiesThatCannotBeReadAreNone() {
        for (byte[] data : List.of(
                new byte[0], new byte[] {0, 0}, new byte[] {0, 3, 0, 1, 7}, new byte[] {0, 4, 0, 1, 7}, new byte[] {
                    0, 3, 0, 2, 7
                })) {
            CredentialRequest request =
                    requestOf(ClientOptions.offering(GCM_128).extension(CERTIFICATE_AUTHORITIES, data));
            assertThat(request.certificateAuthorities()).isEmpty();
            assertThat(request.extensions().get(CERTIFICATE_AUTHORITIES)).isEqualTo(data);
        }
        assertThat(requestOf(ClientOptions.offering(GCM_128)).certificateAuthorities())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 1000, 1 << 14})
    void noRecordIsLongerThanTheServerWants(int bytes) {
        String text = "x".repeat(20_000);
        for (CipherSuite suite : List.of(GCM_128, CBC)) {
            Conversation conversation = Conversation.of(
                            rsa().maxSentRecord(bytes).build(), ClientOptions.offering(suite), Forms.PLAIN)
                    .completes();
            conversation.server().sends(text);
            assertThat(conversation.client().takeReceived()).asString().isEqualTo(text);
            assertThat(conversation.client().recordLengths(false)).allMatch(l -> l <= bytes);
            assertThat(conversation.client().recordLengths(true))
                    .allMatch(l -> l <= bytes)
                    .contains(bytes);
        }
    }

    @Test
    void theShorterOfBothLimitsBoundsARecord() {
        TlsServerConfig config = rsa().maxSentRecord(600).build();
        for (int clients : new int[] {512, 1024}) {
            Conversation limited = Conversation.of(
                            config,
                            ClientOptions.offering(GCM_128)
                                    .extension(28, new byte[] {(byte) (clients >> 8), (byte) clients}),
                            Forms.PLAIN)
                    .completes();
            limited.server().sends("x".repeat(5_000));
            assertThat(limited.client().takeReceived()).hasSize(5_000);
            assertThat(limited.client().recordLengths(true))
                    .allMatch(l -> l <= Math.min(clients, 600))
                    .contains(Math.min(clients, 600));
        }
        assertThatThrownBy(() -> rsa().maxSentRecord(63)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> rsa().maxSentRecord((1 << 14) + 1)).isInstanceOf(ConfigException.class);
    }

    @Test
    void aServerNameIsAcknowledgedUnlessTheServerKeepsSilent() {
        for (boolean acknowledge : new boolean[] {true, false}) {
            TlsServerConfig config = builder()
                    .credential("a.test", local(TestIdentity.RSA_2048))
                    .acknowledgeServerName(acknowledge)
                    .build();
            byte[] answer = complete(config, ClientOptions.offering(GCM_128).serverName("a.test"))
                    .serverExtension(SERVER_NAME);
            assertThat(answer != null).isEqualTo(acknowledge);
        }
    }

    @Test
    void aServerNameThatASelectorKnewIsAcknowledgedToo() {
        TlsServerConfig config = builder()
                .credentialSelector((request, waker) -> Start.done(List.of(local(TestIdentity.RSA_2048))))
                .build();
        assertThat(complete(config, ClientOptions.offering(GCM_128).serverName("a.test"))
                        .serverExtension(SERVER_NAME))
                .isNotNull();
        assertThat(complete(config, ClientOptions.offering(GCM_128)).serverExtension(SERVER_NAME))
                .isNull();
    }
}
