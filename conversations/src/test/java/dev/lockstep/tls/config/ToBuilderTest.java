package dev.lockstep.tls.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.key.KeyPairReserve;
import dev.lockstep.tls.key.SignatureVerification;
import dev.lockstep.tls.provider.CryptoProviders;
import dev.lockstep.tls.psk.PskSource;
import dev.lockstep.tls.session.MemorySessionStore;
import dev.lockstep.tls.session.TicketKeyRing;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;

/** A configuration gives all of its settings to the builder that it becomes; by reflection, so that none is forgotten. */
class ToBuilderTest {
    private static final Credential CREDENTIAL =
            Credential.local(TestIdentity.RSA_2048.chain(), TestIdentity.RSA_2048.privateKey());
    private static final ClientAuthentication WANTED =
            ClientAuthentication.wanted((request, waker) -> Start.fallThrough());

    /** No setting is as by default. */
    private static TlsServerConfigBuilder everythingChanged() {
        CredentialSelector selector = (request, waker) -> Start.fallThrough();
        PskSource source = (request, waker) -> Start.fallThrough();
        return TlsServerConfig.builder()
                .credential(CREDENTIAL)
                .credential("*.example.org", CREDENTIAL)
                .clientAuthentication(WANTED)
                .clientAuthentication("www.example.org", WANTED)
                .credentialSelector(selector)
                .preSharedKeys(source)
                .pskIdentityHint("hint")
                .policy(Policy.COMPATIBLE)
                .cipherSuites(List.of(CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA))
                .groups(List.of(NamedGroup.X448))
                .maxSentRecord(512)
                .acknowledgeServerName(false)
                .outputAfterCloseNotify(true)
                .credentialOrder(CredentialOrder.CREDENTIALS_FIRST)
                .suiteOrder(SuiteOrder.CLIENT)
                .equalCipherSuites(List.of(
                        Set.of(CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA, CipherSuite.TLS_RSA_WITH_AES_256_CBC_SHA)))
                .signatureSchemes(List.of(SignatureScheme.RSA_PKCS1_SHA512))
                .applicationProtocols(List.of("h2"))
                .applicationProtocolSelector((offered, serverName) -> null)
                .requireApplicationProtocol(false)
                .requireKnownServerName(true)
                .signatureVerification(SignatureVerification.always())
                .keyOperationTimeout(Duration.ZERO)
                .handshakeTimeout(Duration.ofSeconds(7))
                .renegotiation(RenegotiationPolicy.ALLOWED)
                .exporters(true)
                .recordSizeLimit(512)
                .bounds(Bounds.DEFAULT.withMaxEmptyRecords(7))
                .observer(new ConnectionObserver() {})
                .keyLog(line -> {})
                .clientAddress(InetAddress.getLoopbackAddress())
                .keyAgreements((request, waker) -> Start.fallThrough(), NamedGroup.X25519)
                .keyPairReserve(KeyPairReserve.of(Runnable::run, 1, new SecureRandom()))
                .random(new SecureRandom())
                .clock(() -> 7)
                .sessionStore(new MemorySessionStore(7, Duration.ofHours(1)))
                .tickets(TicketKeyRing.rotating(Duration.ofHours(1), Duration.ofHours(1)))
                .sessionContext(new byte[] {7})
                .sessionLifetime(Duration.ofHours(7))
                .serverNames(name -> false)
                .cryptoProviders(CryptoProviders.of(new BouncyCastleProvider()))
                .wallClock(Instant::now);
    }

    @Test
    void everySettingIsChangedHere() throws IllegalAccessException {
        ServerSettings defaults = new ServerSettings();
        ServerSettings changed = settings(everythingChanged().build());
        for (Field field : ServerSettings.class.getDeclaredFields()) {
            assertThat(Objects.deepEquals(field.get(changed), field.get(defaults)))
                    .as("change " + field.getName() + " in this test")
                    .isFalse();
        }
    }

    @Test
    void aCopyHasEverySetting() throws IllegalAccessException {
        TlsServerConfig config = everythingChanged().build();
        TlsServerConfig copy = config.toBuilder().build();
        for (Field field : ServerSettings.class.getDeclaredFields()) {
            assertThat(field.get(settings(copy))).as(field.getName()).isEqualTo(field.get(settings(config)));
        }
    }

    @Test
    void aCopyAnswersAsItsOriginal() throws ReflectiveOperationException {
        TlsServerConfig config = everythingChanged().build();
        TlsServerConfig copy = config.toBuilder().build();
        Set<String> asked = new HashSet<>();
        for (Method method : TlsServerConfig.class.getMethods()) {
            boolean accessor = method.getDeclaringClass() == TlsServerConfig.class
                    && !Modifier.isStatic(method.getModifiers())
                    && method.getParameterCount() == 0
                    && !Set.of("toBuilder", "credentials", "clientKeys").contains(method.getName());
            if (accessor) {
                assertThat(method.invoke(copy)).as(method.getName()).isEqualTo(method.invoke(config));
                asked.add(method.getName());
            }
        }
        assertThat(asked).hasSizeGreaterThan(20).contains("cipherSuites", "sessionContext");
        assertThat(copy.credentials().all()).isEqualTo(config.credentials().all());
        assertThat(copy.clientAuthentication("www.example.org").demand()).isEqualTo(ClientAuthentication.Demand.WANTED);
    }

    @Test
    void everyAccessorHasASetterOfItsName() {
        Set<String> setters = new HashSet<>();
        Arrays.stream(TlsServerConfigBuilder.class.getMethods())
                .filter(method -> method.getReturnType() == TlsServerConfigBuilder.class)
                .forEach(method -> setters.add(method.getName()));
        for (Field field : ServerSettings.class.getDeclaredFields()) {
            String name =
                    switch (field.getName()) {
                        case "defaults", "byHost" -> "credential";
                        case "clientAuthenticationByHost" -> "clientAuthentication";
                        case "keyAgreementGroups" -> "keyAgreements";
                        case "pskSource", "ownContext" -> "preSharedKeys";
                        default -> field.getName();
                    };
            assertThat(setters).contains(name);
        }
    }

    @Test
    void neitherABuilderNorItsConfigurationChangesTheOther() {
        TlsServerConfigBuilder builder = TlsServerConfig.builder().credential(CREDENTIAL);
        TlsServerConfig first = builder.build();
        builder.exporters(true).credential("a.example.org", CREDENTIAL);
        assertThat(first.exporters()).isFalse();
        assertThat(first.credentials().forHost("a.example.org")).isNull();
        TlsServerConfig second = builder.build();
        assertThat(second.exporters()).isTrue();
        first.toBuilder().recordSizeLimit(64);
        assertThat(first.recordSizeLimit()).isEqualTo(1 << 14);
    }

    private static ServerSettings settings(TlsServerConfig config) {
        return config.settings();
    }
}
