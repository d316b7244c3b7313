package dev.lockstep.tls.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ClientCertificateType;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What one connection does differently from its server. */
class ConnectionOptionsTest {
    private static final CipherSuite GCM = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite CHACHA = CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256;
    private static final CipherSuite ECDSA = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    private static final ClientAuthentication WANTED =
            ClientAuthentication.wanted((request, waker) -> Start.fallThrough());

    private static TlsServerConfigBuilder builder() {
        return TestServers.builder(TestServers.local(TestIdentity.RSA_2048));
    }

    @Test
    void withoutOptionsAConnectionSharesTheServersConfiguration() {
        TlsServerConfig config = builder().build();
        assertThat(config.with(ConnectionOptions.NONE)).isSameAs(config);
    }

    @Test
    void everythingElseIsTheServers() {
        TlsServerConfig config = builder()
                .applicationProtocols(List.of("h2"))
                .clientAuthentication("www.example.org", WANTED)
                .exporters(true)
                .build();
        TlsServerConfig one = config.with(ConnectionOptions.NONE.withCipherSuites(List.of(CHACHA)));
        assertThat(one.cipherSuites()).containsExactly(CHACHA);
        assertThat(one.applicationProtocols()).containsExactly("h2");
        assertThat(one.clientAuthentication("www.example.org"))
                .isSameAs(config.clientAuthentication("www.example.org"));
        assertThat(one.exporters()).isTrue();
        assertThat(one.credentials()).isSameAs(config.credentials());
        assertThat(config.cipherSuites()).contains(GCM);
        assertThat(one.toBuilder().build().cipherSuites()).containsExactly(CHACHA);
    }

    @Test
    void aHandshakeFollowsTheOptions() {
        TlsServerConfig one = builder().build().with(ConnectionOptions.NONE.withCipherSuites(List.of(CHACHA)));
        assertThat(Conversation.of(one, ClientOptions.offering(GCM, CHACHA), Forms.PLAIN)
                        .completes()
                        .client()
                        .cipherSuite())
                .isEqualTo(CHACHA);
    }

    /** The suite was left out for want of a credential, and now there may be one. */
    @Test
    void aSelectorOfTheConnectionBringsBackTheSuitesOfItsCredentials() {
        TlsServerConfig config = builder().cipherSuites(List.of(ECDSA, GCM)).build();
        assertThat(config.cipherSuites()).containsExactly(GCM);
        CredentialSelector selector = (request, waker) -> Start.done(List.of(TestServers.local(TestIdentity.P256)));
        TlsServerConfig one = config.with(ConnectionOptions.NONE.withCredentialSelector(selector));
        assertThat(one.cipherSuites()).containsExactly(ECDSA, GCM);
        assertThat(one.warnings()).isEmpty();
        assertThat(Conversation.of(one, ClientOptions.offering(ECDSA), Forms.PLAIN)
                        .completes()
                        .client()
                        .cipherSuite())
                .isEqualTo(ECDSA);
    }

    @Test
    void suitesWithPreSharedKeysComeAndGoWithTheCertificatesThatAreRequired() {
        CipherSuite psk = CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256;
        ClientAuthentication required = ClientAuthentication.required((request, waker) -> Start.fallThrough());
        TlsServerConfig open = builder()
                .preSharedKeys((request, waker) -> Start.fallThrough())
                .cipherSuites(List.of(psk, GCM))
                .build();
        TlsServerConfig strict = open.toBuilder().clientAuthentication(required).build();
        assertThat(open.cipherSuites()).containsExactly(psk, GCM);
        assertThat(strict.cipherSuites()).containsExactly(GCM);
        assertThat(strict.warnings()).singleElement().satisfies(warning -> assertThat(warning.reason())
                .contains(psk.name(), "clientAuthentication"));
        assertThat(open.with(ConnectionOptions.NONE.withClientAuthentication(required))
                        .cipherSuites())
                .containsExactly(GCM);
        assertThat(strict.with(ConnectionOptions.NONE.withClientAuthentication(ClientAuthentication.none()))
                        .cipherSuites())
                .containsExactly(psk, GCM);
        // Where one host name's clients need no certificate, theirs may be pre-shared keys.
        assertThat(open.toBuilder()
                        .clientAuthentication(required)
                        .clientAuthentication("open.example.org", WANTED)
                        .build()
                        .cipherSuites())
                .containsExactly(psk, GCM);
    }

    @Test
    void warningsOfOtherSettingsStay() {
        Credential stale = TestServers.local(TestIdentity.RSA_2048).withOcspResponse(new byte[] {1});
        TlsServerConfig config = TestServers.builder(stale).build();
        assertThat(config.warnings()).hasSize(1);
        assertThat(config.with(ConnectionOptions.NONE.withCipherSuites(List.of(GCM)))
                        .warnings())
                .isEqualTo(config.warnings());
    }

    @Test
    void protocolsOfTheConnectionReplaceTheServersSelector() {
        ApplicationProtocolSelector servers = (offered, serverName) -> null;
        ApplicationProtocolSelector own = (offered, serverName) -> offered.get(0);
        TlsServerConfig config = builder().applicationProtocolSelector(servers).build();
        ConnectionOptions listed = ConnectionOptions.NONE.withApplicationProtocols(List.of("h2"));
        assertThat(config.with(listed).applicationProtocolSelector()).isNull();
        assertThat(config.with(listed).applicationProtocols()).containsExactly("h2");
        assertThat(config.with(listed.withApplicationProtocolSelector(own)).applicationProtocolSelector())
                .isSameAs(own);
    }

    @Test
    void thePolicyForClientsHoldsForEveryHostName() {
        TlsServerConfig config =
                builder().clientAuthentication("www.example.org", WANTED).build();
        TlsServerConfig one = config.with(ConnectionOptions.NONE.withClientAuthentication(ClientAuthentication.none()));
        assertThat(one.clientAuthentication("www.example.org").asks()).isFalse();
        TlsServerConfig asking = config.with(ConnectionOptions.NONE.withClientAuthentication(WANTED));
        assertThat(asking.clientAuthentication(null).asks()).isTrue();
        assertThat(asking.clientAuthentication(null).signatureSchemes()).isNotEmpty();
    }

    @Test
    void whatCannotWorkIsRefused() {
        TlsServerConfig config = builder().build();
        assertThatThrownBy(() -> ConnectionOptions.NONE.withCipherSuites(List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("cipherSuites: ");
        assertThatThrownBy(() -> ConnectionOptions.NONE.withApplicationProtocols(List.of("")))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> config.with(ConnectionOptions.NONE.withCipherSuites(List.of(ECDSA))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(ECDSA.name());
        ClientAuthentication contradiction = WANTED.withSignatureSchemes(List.of(SignatureScheme.ED25519))
                .withCertificateTypes(List.of(ClientCertificateType.RSA_SIGN));
        assertThatThrownBy(() -> config.with(ConnectionOptions.NONE.withClientAuthentication(contradiction)))
                .isInstanceOf(ConfigException.class);
        assertThat(config.with(ConnectionOptions.NONE.withCipherSuites(List.of(ECDSA, GCM)))
                        .warnings())
                .hasSize(1);
    }

    @Test
    void credentialsAreNotExaminedAgain() {
        AtomicInteger asked = new AtomicInteger();
        Credential stapled = TestServers.local(TestIdentity.RSA_2048).withOcspResponses(() -> {
            asked.incrementAndGet();
            return null;
        });
        TlsServerConfig config = TestServers.config(stapled);
        int before = asked.get();
        config.with(ConnectionOptions.NONE
                .withCipherSuites(List.of(GCM))
                .withApplicationProtocols(List.of("h2"))
                .withClientAuthentication(WANTED));
        assertThat(asked).hasValue(before);
    }
}
