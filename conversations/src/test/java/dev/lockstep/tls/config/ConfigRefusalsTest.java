package dev.lockstep.tls.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.peer.PkixVerifier;
import dev.lockstep.tls.session.MemorySessionStore;
import dev.lockstep.tls.session.TicketKey;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every refusal names the field, the reason and the fix, apart and in its message. */
class ConfigRefusalsTest {

    private static final Credential FIRST = Credential.local(TestIdentity.P256.chain(), TestIdentity.P256.privateKey());

    private static TlsServerConfigBuilder rsa() {
        return TlsServerConfig.builder()
                .credential(Credential.local(TestIdentity.RSA_2048.chain(), TestIdentity.RSA_2048.privateKey()));
    }

    private static TlsServerConfigBuilder psk() {
        return TlsServerConfig.builder().preSharedKeys((request, waker) -> Start.fallThrough());
    }

    private static TlsServerConfigBuilder selecting() {
        return TlsServerConfig.builder().credentialSelector((request, waker) -> Start.fallThrough());
    }

    private static ClientAuthentication required() {
        return ClientAuthentication.required((request, waker) -> Start.fallThrough());
    }

    static Stream<Arguments> refusals() {
        List<Arguments> all = List.of(
                refusal("credential", () -> TlsServerConfig.builder().build()),
                refusal("credential", () -> rsa().credential("a b", null)),
                refusal("clientAuthentication", () -> rsa().clientAuthentication("", ClientAuthentication.none())),
                // RFC 6066 3: literal addresses are not permitted in HostName.
                refusal("credential", () -> rsa().credential("192.0.2.1", null)),
                refusal("credential", () -> rsa().credential("*.192.0.2.1", null)),
                refusal("clientAuthentication", () -> rsa().clientAuthentication("::1", ClientAuthentication.none())),
                refusal("pskIdentityHint", () -> rsa().pskIdentityHint("")),
                refusal("pskIdentityHint", () -> rsa().pskIdentityHint("hint").build()),
                refusal("cipherSuites", () -> rsa().cipherSuites(List.of())),
                refusal("cipherSuites", () -> rsa().cipherSuites(
                                List.of(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256))
                        .build()),
                refusal("groups", () -> rsa().groups(List.of())),
                refusal("groups", () -> rsa().groups(List.of(NamedGroup.FFDHE2048))
                        .build()),
                // With a pre-shared key no certificate is asked for.
                refusal("clientAuthentication", () -> psk().clientAuthentication(required())
                        .build()),
                refusal("clientAuthentication", () -> psk().clientAuthentication("*.example.org", required())
                        .clientAuthentication(required())
                        .build()),
                refusal("cipherSuites", () -> psk().cipherSuites(List.of(CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256))
                        .clientAuthentication(required())
                        .build()),
                refusal("clientAuthentication", () -> psk().build()
                        .with(ConnectionOptions.NONE.withClientAuthentication(required()))),
                // Every suite of this policy takes a curve.
                refusal("groups", () -> psk().groups(List.of(NamedGroup.FFDHE2048))
                        .build()),
                refusal(
                        "groups",
                        () -> selecting().groups(List.of(NamedGroup.FFDHE2048)).build()),
                refusal("cipherSuites", () -> selecting()
                        .cipherSuites(List.of(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256))
                        .signatureSchemes(List.of(SignatureScheme.RSA_PKCS1_SHA256))
                        .build()),
                refusal("signatureSchemes", () -> rsa().signatureSchemes(List.of())),
                refusal("signatureSchemes", () -> rsa().signatureSchemes(List.of(SignatureScheme.ED25519))
                        .build()),
                refusal("applicationProtocols", () -> rsa().applicationProtocols(List.of(""))),
                refusal("applicationProtocols", () -> rsa().applicationProtocols(List.of("h2", "h2"))),
                refusal("requireKnownServerName", () -> rsa().requireKnownServerName(true)
                        .build()),
                refusal("keyOperationTimeout", () -> rsa().keyOperationTimeout(Duration.ofSeconds(-1))),
                refusal("handshakeTimeout", () -> rsa().handshakeTimeout(Duration.ofDays(366))),
                refusal("recordSizeLimit", () -> rsa().recordSizeLimit(63)),
                refusal("sessionLifetime", () -> rsa().sessionLifetime(Duration.ZERO)),
                refusal("sessionContext", () -> rsa().sessionContext(new byte[1 << 16])),
                refusal("maxClientHello", () -> Bounds.DEFAULT.withMaxClientHello(1)),
                refusal("maxRenegotiations", () -> RenegotiationPolicy.ALLOWED.withMaxRenegotiations(-1)),
                refusal("minInterval", () -> RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ofSeconds(-1))),
                refusal("maxChainLength", () -> ClientAuthentication.none().withMaxChainLength(0)),
                refusal("chain", () -> Credential.local(List.of(), TestIdentity.P256.privateKey())),
                refusal("key", () -> Credential.local(TestIdentity.P256.chain(), TestIdentity.P256_OTHER.privateKey())),
                refusal("key", () -> Credential.local(TestIdentity.P256.chain(), TestIdentity.RSA_2048.privateKey())),
                refusal("trust", () -> PkixVerifier.builder().build()),
                refusal("maxPathLength", () -> PkixVerifier.builder().maxPathLength(0)),
                refusal("revocation", () -> PkixVerifier.builder().revocation()),
                refusal("capacity", () -> new MemorySessionStore(0, Duration.ofHours(1))),
                refusal("ticketKey", () -> TicketKey.of(new byte[48])));
        return all.stream();
    }

    /** DNS has no such names, so that no client asks for them: labels have 1 to 63 characters, names 253 at most. */
    static Stream<Arguments> namesThatDoNotExist() {
        String longest = "a".repeat(63);
        String whole = String.join(".", longest, longest, longest, "a".repeat(61));
        assertThat(rsa().credential(whole, FIRST).credential("*._tcp." + longest, FIRST))
                .isNotNull();
        return Stream.of("a..b", ".a", "a..", "*..a", "*", "-a", "a-.b", "a.-b", longest + "a", "x." + whole)
                .map(name -> refusal("credential", () -> rsa().credential(name, FIRST)));
    }

    private static Arguments refusal(String field, ThrowingCallable call) {
        return Arguments.of(field, call);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"refusals", "namesThatDoNotExist"})
    void aRefusalSaysWhatIsWrongAndWhatToDo(String field, ThrowingCallable call) {
        ConfigException refusal = catchThrowableOfType(ConfigException.class, call);
        assertThat(refusal.field()).isEqualTo(field);
        assertThat(refusal.reason()).isNotBlank();
        assertThat(refusal.fix()).isNotBlank();
        assertThat(refusal).hasMessage(field + ": " + refusal.reason() + "; " + refusal.fix());
    }
}
