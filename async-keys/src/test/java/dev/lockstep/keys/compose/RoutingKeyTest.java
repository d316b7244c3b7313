package dev.lockstep.keys.compose;

import static dev.lockstep.keys.Operations.inProgress;
import static dev.lockstep.keys.Requests.decrypt;
import static dev.lockstep.keys.Requests.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.Requests;
import dev.lockstep.keys.Signal;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import org.junit.jupiter.api.Test;

/** The certificate decides which key works. */
class RoutingKeyTest {

    private final RecordingKey ec = Requests.recordingKey();
    private final RecordingKey rsa = Requests.recordingKey();
    private final RoutingKey routing;
    private final Signal signal = new Signal();

    RoutingKeyTest() {
        ec.canDecrypt(false);
        rsa.schemes(SignatureScheme.RSA_PKCS1_SHA256);
        routing = RoutingKey.builder()
                .route(TestIdentity.P256.certificate(), ec)
                .route(TestIdentity.RSA_2048.certificate(), rsa)
                .build();
    }

    @Test
    void eachOperationGoesToTheKeyOfItsCertificate() throws Exception {
        inProgress(routing.startSign(sign(), signal));
        assertThat(ec.starts()).isEqualTo(1);
        assertThat(rsa.starts()).isZero();

        inProgress(routing.startDecrypt(decrypt(), signal));
        assertThat(ec.starts()).isEqualTo(1);
        assertThat(rsa.starts()).isEqualTo(1);
    }

    @Test
    void whatHasNoRouteFallsThrough() throws Exception {
        RoutingKey none = RoutingKey.builder().build();

        assertThat(none.startSign(sign(), signal)).isInstanceOf(Start.FallThrough.class);
        assertThat(none.startDecrypt(decrypt(), signal)).isInstanceOf(Start.FallThrough.class);
        assertThat(none.signatureSchemes()).isEmpty();
        assertThat(none.canDecrypt()).isFalse();
    }

    @Test
    void whatTheRoutedKeyCannotDoFallsThroughWithoutAskingIt() throws Exception {
        ec.schemes(SignatureScheme.ECDSA_SECP384R1_SHA384);
        rsa.canDecrypt(false);

        assertThat(routing.startSign(sign(), signal)).isInstanceOf(Start.FallThrough.class);
        assertThat(routing.startDecrypt(decrypt(), signal)).isInstanceOf(Start.FallThrough.class);
        assertThat(ec.starts() + rsa.starts()).isZero();
    }

    @Test
    void itClaimsWhatAnyKeyCanDoAndItsCredentialsWhatTheirsCan() {
        assertThat(routing.signatureSchemes())
                .containsExactlyInAnyOrder(SignatureScheme.ECDSA_SECP256R1_SHA256, SignatureScheme.RSA_PKCS1_SHA256);
        Credential credential = routing.credential(TestIdentity.P256.chain());
        assertThat(credential.signatureSchemes()).containsExactly(SignatureScheme.ECDSA_SECP256R1_SHA256);
        assertThat(credential.canDecrypt()).isFalse();
        assertThat(routing.credential(TestIdentity.RSA_2048.chain()).canDecrypt())
                .isTrue();
    }

    @Test
    void mistakesInTheRoutesAreNamed() {
        assertThatThrownBy(() -> routing.credential(TestIdentity.RSA_2048_OTHER.chain()))
                .hasMessageStartingWith("chain:");
        RoutingKey.Builder builder = RoutingKey.builder().route(TestIdentity.P256.certificate(), ec);
        assertThatThrownBy(() -> builder.route(TestIdentity.P256.certificate(), rsa))
                .hasMessageContaining("has a route already");
    }
}
