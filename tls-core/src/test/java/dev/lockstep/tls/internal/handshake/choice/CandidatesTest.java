package dev.lockstep.tls.internal.handshake.choice;

import static dev.lockstep.tls.internal.Refusals.assertAlert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.config.ApplicationProtocolSelector;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.CredentialRequest;
import dev.lockstep.tls.internal.extension.ApplicationProtocols;
import dev.lockstep.tls.internal.extension.Extension;
import dev.lockstep.tls.internal.extension.ServerName;
import dev.lockstep.tls.internal.extension.SignatureAlgorithms;
import dev.lockstep.tls.internal.extension.SupportedGroups;
import dev.lockstep.tls.internal.handshake.Hellos;
import dev.lockstep.tls.internal.handshake.phase.Offer;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What is chosen, refused or asked where no credential is configured. */
class CandidatesTest {

    private static final CipherSuite GCM_128 = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite GCM_256 = CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;
    private static final int UNKNOWN_FINITE_FIELD = 0x01f0;

    private static TlsServerConfigBuilder psk() {
        return TlsServerConfig.builder()
                .policy(Policy.COMPATIBLE)
                .preSharedKeys((request, waker) -> Start.fallThrough());
    }

    private static TlsServerConfigBuilder selecting() {
        return TlsServerConfig.builder().credentialSelector((request, waker) -> Start.fallThrough());
    }

    private static Offer offer(TlsServerConfig config, int[] suites, Extension... extensions) {
        return new Offer(config, Hellos.offering(suites, new byte[0], extensions), 100);
    }

    private static CredentialCandidates candidates(TlsServerConfig config, Extension... extensions) {
        return CredentialCandidates.of(config, offer(config, new int[] {GCM_128.code()}, extensions), List.of());
    }

    @Test
    void withPreSharedKeysNoCredentialIsNeeded() {
        CredentialCandidates none = new CredentialCandidates(List.of(), false);
        assertThat(candidates(psk().build())).isEqualTo(none);
        assertThat(candidates(psk().build(), new ServerName("a.example"))).isEqualTo(none);
    }

    @Test
    void withoutAnythingToServeWithTheClientHearsWhatItsNameHasToDoWithIt() {
        TlsServerConfig config = selecting().build();
        assertAlert(AlertDescription.HANDSHAKE_FAILURE, () -> candidates(config));
        assertAlert(AlertDescription.UNRECOGNIZED_NAME, () -> candidates(config, new ServerName("a.example")));
    }

    @Test
    void aSelectorIsAskedWithWhatTheClientOffers() {
        TlsServerConfig config = selecting().build();
        Offer offer = offer(
                config,
                new int[] {0x1a1a, GCM_256.code(), GCM_128.code(), GCM_256.code()},
                new ServerName("a.example"),
                SupportedGroups.of(List.of(NamedGroup.SECP256R1)),
                SignatureAlgorithms.of(List.of(SignatureScheme.RSA_PKCS1_SHA256)),
                new ApplicationProtocols(List.of("h2")));
        CredentialRequest request = CredentialCandidates.request(offer, OptionalLong.of(7));
        assertThat(request.serverName()).isEqualTo("a.example");
        assertThat(request.cipherSuites()).containsExactly(GCM_256, GCM_128);
        assertThat(request.groups()).containsExactly(NamedGroup.SECP256R1);
        assertThat(request.signatureSchemes()).containsExactly(SignatureScheme.RSA_PKCS1_SHA256);
        assertThat(request.applicationProtocols()).containsExactly("h2");
        assertThat(request.deadlineNanos()).hasValue(7);
    }

    @Test
    void aClientMayOfferNeitherGroupsNorSchemesNorProtocols() {
        TlsServerConfig config = selecting().build();
        CredentialRequest request =
                CredentialCandidates.request(offer(config, new int[] {0x1a1a}), OptionalLong.empty());
        assertThat(request.serverName()).isNull();
        assertThat(request.cipherSuites()).isEmpty();
        assertThat(request.groups()).isEmpty();
        assertThat(request.signatureSchemes()).isEmpty();
        assertThat(request.applicationProtocols()).isEmpty();
    }

    private static void negotiates(CipherSuite offered) {
        TlsServerConfig config = psk().build();
        assertThat(config.cipherSuites()).contains(CipherSuite.TLS_DHE_PSK_WITH_AES_128_GCM_SHA256);
        Offer offer = offer(config, new int[] {offered.code()}, new SupportedGroups(new int[] {UNKNOWN_FINITE_FIELD}));
        Negotiation.choose(config, offer, new CredentialCandidates(List.of(), false), Hellos.ZEROS);
    }

    /** RFC 7919 4-2: the alert is about groups, so it needs a suite that would take one. */
    @Test
    void onlyForFiniteFieldSuitesIsAnUnknownGroupInsufficientSecurity() {
        assertAlert(
                AlertDescription.INSUFFICIENT_SECURITY,
                () -> negotiates(CipherSuite.TLS_DHE_PSK_WITH_AES_128_GCM_SHA256));
        assertAlert(AlertDescription.HANDSHAKE_FAILURE, () -> negotiates(GCM_128));
    }

    /** Chooses by itself once the suite is known, and says which of its methods was called. */
    private static final class Selector implements ApplicationProtocolSelector {
        private String choice = "";
        private String called = "";

        @Override
        public String select(List<String> offered, String serverName) {
            called = "without a suite";
            return choice;
        }

        @Override
        public String select(List<String> offered, String serverName, CipherSuite suite) {
            called = "with " + suite;
            return choice;
        }
    }

    @Test
    void aProtocolSelectorLearnsTheSuiteIfThereIsOne() {
        Selector selector = new Selector();
        TlsServerConfig config = psk().applicationProtocolSelector(selector).build();
        Offer offer = offer(config, new int[] {GCM_128.code()}, new ApplicationProtocols(List.of("h2")));
        selector.choice = "h2";
        assertThat(ApplicationProtocolChoice.choose(config, offer, GCM_128)).isEqualTo("h2");
        assertThat(selector.called).isEqualTo("with " + GCM_128);
        assertThat(ApplicationProtocolChoice.choose(config, offer, null)).isEqualTo("h2");
        assertThat(selector.called).isEqualTo("without a suite");
        selector.choice = "";
        assertThat(ApplicationProtocolChoice.choose(config, offer, GCM_128))
                .as("no protocol, by choice")
                .isNull();
    }
}
