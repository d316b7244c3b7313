package dev.lockstep.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.JdkConversation;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.session.MemorySessionStore;
import dev.lockstep.tls.session.TicketKeyRing;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sessions resumed by the JDK's client, with the key in a SoftHSM token whose every call pkcs11-spy counts. */
class Pkcs11ResumptionTest {

    private static SoftHsm token;

    @BeforeAll
    static void makeToken() throws Exception {
        token = SoftHsm.get();
    }

    @ParameterizedTest(name = "{1}, by {2}")
    @CsvSource({
        "EC,  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, id",
        "EC,  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, ticket",
        "RSA, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,   id",
        "RSA, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,   ticket",
        "RSA, TLS_RSA_WITH_AES_128_GCM_SHA256,         id",
        "RSA, TLS_RSA_WITH_AES_128_GCM_SHA256,         ticket",
    })
    void aResumptionTakesNoKeyOperationInTheToken(String keyType, String suite, String way) throws Exception {
        Duration hour = Duration.ofHours(1);
        try (Pkcs11Keys keys = Pkcs11Keys.builder(SoftHsm.LIBRARY)
                .pin(SoftHsm.PIN::toCharArray)
                .open()) {
            TlsServerConfigBuilder builder = TlsServerConfig.builder()
                    .policy(Policy.COMPATIBLE)
                    .credential(keys.credential(token.chain(keyType)));
            if (way.equals("id")) {
                builder.sessionStore(new MemorySessionStore(10, hour));
            } else {
                builder.tickets(TicketKeyRing.rotating(hour, hour));
            }
            long before = token.signatures() + token.decryptions();
            JdkConversation first = JdkConversation.of(builder.build(), suite).run();
            assertThat(first.echoed()).isTrue();
            assertThat(first.resumed()).isFalse();
            assertThat(token.signatures() + token.decryptions() - before).isEqualTo(1);
            JdkConversation talk = first;
            for (int i = 0; i < 3; i++) {
                talk = talk.again().run();
                assertThat(talk.server().failure()).isNull();
                assertThat(talk.echoed()).isTrue();
                assertThat(talk.resumed()).isTrue();
                assertThat(talk.server().suspensions()).isZero();
            }
            assertThat(token.signatures() + token.decryptions() - before).isEqualTo(1);
        }
    }
}
