package dev.lockstep.tls.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.peer.ClientCertificateVerifier;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.peer.VerificationRequest;
import dev.lockstep.tls.spec.ClientCertificateType;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

/** What a server may decide about its clients' certificates, and what it is told when that cannot work. */
class ClientAuthenticationTest {

    private static final X500Principal ISSUER = new X500Principal("CN=Issuer");
    private static final ClientCertificateVerifier VERIFIER = new ClientCertificateVerifier() {
        @Override
        public Start<Verdict> start(VerificationRequest request, Waker waker) {
            return Start.done(Verdict.accepted());
        }

        @Override
        public List<X500Principal> acceptedIssuers() {
            return List.of(ISSUER);
        }
    };

    private static TlsServerConfigBuilder builder() {
        return TestServers.builder(TestServers.local(TestIdentity.P256)).policy(Policy.MODERN);
    }

    private static ClientAuthentication built(ClientAuthentication policy) {
        return builder().clientAuthentication(policy).build().clientAuthentication(null);
    }

    private static void refuses(ClientAuthentication policy, String... words) {
        assertThatThrownBy(() -> builder().clientAuthentication(policy).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("clientAuthentication: ")
                .hasMessageContainingAll(words);
    }

    @Test
    void nothingIsAskedByDefault() {
        ClientAuthentication policy = builder().build().clientAuthentication("www.example.org");
        assertThat(policy.asks()).isFalse();
        assertThat(policy.isRequired()).isFalse();
        assertThat(policy.demand()).isEqualTo(ClientAuthentication.Demand.NONE);
    }

    @Test
    void schemesComeFromThePolicyTypesFromTheSchemesAndAuthoritiesFromTheVerifier() {
        ClientAuthentication policy = built(ClientAuthentication.wanted(VERIFIER));
        assertThat(policy.signatureSchemes()).isEqualTo(Policy.MODERN.signatureSchemes());
        assertThat(policy.certificateTypes())
                .containsExactly(ClientCertificateType.RSA_SIGN, ClientCertificateType.ECDSA_SIGN);
        assertThat(policy.certificateAuthorities()).containsExactly(ISSUER);
        assertThat(policy.asks()).isTrue();
        assertThat(policy.isRequired()).isFalse();
    }

    @Test
    void sha1IsAcceptedOnlyWhereItIsEnabled() {
        assertThat(built(ClientAuthentication.required(VERIFIER)).signatureSchemes())
                .doesNotContain(SignatureScheme.RSA_PKCS1_SHA1, SignatureScheme.ECDSA_SHA1);
        assertThat(builder()
                        .policy(Policy.COMPATIBLE)
                        .clientAuthentication(ClientAuthentication.required(VERIFIER))
                        .build()
                        .clientAuthentication(null)
                        .signatureSchemes())
                .contains(SignatureScheme.RSA_PKCS1_SHA1, SignatureScheme.ECDSA_SHA1);
    }

    @Test
    void ownListsReplaceTheDefaults() {
        ClientAuthentication policy = built(ClientAuthentication.required(VERIFIER)
                .withSignatureSchemes(List.of(SignatureScheme.ED25519))
                .withCertificateAuthorities(List.of())
                .withMaxChainLength(3));
        assertThat(policy.signatureSchemes()).containsExactly(SignatureScheme.ED25519);
        assertThat(policy.certificateTypes()).containsExactly(ClientCertificateType.ECDSA_SIGN);
        assertThat(policy.certificateAuthorities()).isEmpty();
        assertThat(policy.maxChainLength()).isEqualTo(3);
        assertThat(policy.isRequired()).isTrue();
    }

    @Test
    void aTypeLeavesOnlyItsSchemes() {
        ClientAuthentication policy = built(
                ClientAuthentication.wanted(VERIFIER).withCertificateTypes(List.of(ClientCertificateType.ECDSA_SIGN)));
        assertThat(policy.signatureSchemes())
                .isNotEmpty()
                .allMatch(ClientCertificateType.ECDSA_SIGN::signsWith)
                .contains(SignatureScheme.ED25519, SignatureScheme.ED448);
    }

    @Test
    void whatCannotWorkNamesTheFieldAndTheFix() {
        refuses(
                ClientAuthentication.wanted(VERIFIER)
                        .withSignatureSchemes(List.of(SignatureScheme.ED25519))
                        .withCertificateTypes(
                                List.of(ClientCertificateType.RSA_SIGN, ClientCertificateType.ECDSA_SIGN)),
                "certificateTypes",
                "RSA_SIGN",
                "leave the type out");
        refuses(
                ClientAuthentication.wanted(VERIFIER)
                        .withSignatureSchemes(List.of(SignatureScheme.ED25519, SignatureScheme.RSA_PKCS1_SHA256))
                        .withCertificateTypes(List.of(ClientCertificateType.ECDSA_SIGN)),
                "signatureSchemes",
                "RSA_PKCS1_SHA256",
                "leave the scheme out");
        ClientAuthentication wanted = ClientAuthentication.wanted(VERIFIER);
        List<SignatureScheme> twice = Collections.nCopies(2, SignatureScheme.ED448);
        assertThatThrownBy(() -> wanted.withSignatureSchemes(twice)).hasMessageStartingWith("signatureSchemes: ");
        assertThatThrownBy(() -> wanted.withSignatureSchemes(List.of())).hasMessageStartingWith("signatureSchemes: ");
        assertThatThrownBy(() -> wanted.withCertificateTypes(List.of())).hasMessageStartingWith("certificateTypes: ");
        assertThatThrownBy(() -> wanted.withMaxChainLength(0)).hasMessageStartingWith("maxChainLength: ");
        assertThatThrownBy(() -> wanted.withMaxChainLength(101)).hasMessageStartingWith("maxChainLength: ");
    }

    @Test
    void authoritiesThatDoNotFitIntoTheMessageAreRefused() {
        List<X500Principal> many = IntStream.range(0, 2000)
                .mapToObj(i -> new X500Principal("CN=Certification authority number " + i))
                .toList();
        assertThatThrownBy(() -> ClientAuthentication.wanted(VERIFIER).withCertificateAuthorities(many))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("certificateAuthorities: ");
        ClientCertificateVerifier verifierOfMany = new ClientCertificateVerifier() {
            @Override
            public Start<Verdict> start(VerificationRequest request, Waker waker) {
                return Start.done(Verdict.accepted());
            }

            @Override
            public List<X500Principal> acceptedIssuers() {
                return many;
            }
        };
        assertThatThrownBy(() -> built(ClientAuthentication.wanted(verifierOfMany)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("certificateAuthorities: ");
    }

    @Test
    void aHostNameHasItsOwnPolicy() {
        ClientAuthentication required = ClientAuthentication.required(VERIFIER);
        TlsServerConfig config = builder()
                .clientAuthentication(ClientAuthentication.wanted(VERIFIER))
                .clientAuthentication("admin.example.org", required)
                .clientAuthentication("*.example.com", ClientAuthentication.none())
                .build();
        assertThat(config.clientAuthentication("admin.example.org").isRequired())
                .isTrue();
        assertThat(config.clientAuthentication("ADMIN.Example.ORG.").isRequired())
                .isTrue();
        assertThat(config.clientAuthentication("www.example.com").asks()).isFalse();
        for (String other : new String[] {"example.com", "a.b.example.com", "other", ".example.org", ""}) {
            assertThat(config.clientAuthentication(other).demand())
                    .as(other)
                    .isEqualTo(ClientAuthentication.Demand.WANTED);
        }
        assertThat(config.clientAuthentication(null).demand()).isEqualTo(ClientAuthentication.Demand.WANTED);
        assertThatThrownBy(() -> builder().clientAuthentication("not a host", required))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("clientAuthentication: 'not a host'");
    }
}
