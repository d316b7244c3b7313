package dev.lockstep.tls.internal.handshake.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.internal.message.HelloRandom;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which messages and operations follow from an agreement. */
class AgreementTest {

    private static final HelloRandom ZEROS = new HelloRandom(new byte[HelloRandom.LENGTH]);

    private static Agreement.Builder on(CipherSuite suite) {
        return new Agreement.Builder(suite, ZEROS, ZEROS);
    }

    @ParameterizedTest
    @CsvSource({
        // suite, has a certificate, makes a key, signs, uses a pre-shared key, decrypts
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, true, true, true, false, false",
        "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, true, true, true, false, false",
        "TLS_RSA_WITH_AES_128_GCM_SHA256, true, false, false, false, true",
        "TLS_PSK_WITH_AES_128_GCM_SHA256, false, false, false, true, false",
        "TLS_DHE_PSK_WITH_AES_128_GCM_SHA256, false, true, false, true, false",
        "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256, false, true, false, true, false",
        "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256, true, false, false, true, true"
    })
    void theKeyExchangeDecides(
            CipherSuite suite, boolean certificate, boolean ephemeral, boolean signs, boolean psk, boolean decrypts) {
        Agreement agreement = on(suite).build();
        assertThat(agreement.hasCertificate()).isEqualTo(certificate);
        assertThat(agreement.isEphemeral()).isEqualTo(ephemeral);
        assertThat(agreement.isSigned()).isEqualTo(signs);
        assertThat(agreement.usesPsk()).isEqualTo(psk);
        assertThat(agreement.decryptsPremaster()).isEqualTo(decrypts);
        assertThat(agreement.hasServerKeyExchange()).isEqualTo(ephemeral);
        assertThat(agreement).hasToString("Agreement[" + suite + "]");
    }

    /** RFC 4279 2. */
    @Test
    void aHintTakesAServerKeyExchangeWhereThereIsAPreSharedKey() {
        Agreement.Builder psk = on(CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256);
        psk.identityHint = true;
        assertThat(psk.build().hasServerKeyExchange()).isTrue();
        Agreement.Builder rsa = on(CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256);
        rsa.identityHint = true;
        assertThat(rsa.build().hasServerKeyExchange()).isFalse();
    }

    @Test
    void aResumedSessionHasNoCertificate() {
        Agreement.Builder resumed = on(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);
        resumed.resumed = true;
        assertThat(resumed.build().hasCertificate()).isFalse();
    }

    @Test
    void aStapleAndACertificateRequestAreThereWhenTheyWereAgreedOn() {
        Agreement.Builder agreement = on(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);
        assertThat(agreement.build().isStapled()).isFalse();
        assertThat(agreement.build().asksClient()).isFalse();
        agreement.stapledResponse = new byte[1];
        agreement.clientAuthentication = ClientAuthentication.wanted((request, waker) -> Start.fallThrough());
        assertThat(agreement.build().isStapled()).isTrue();
        assertThat(agreement.build().asksClient()).isTrue();
    }

    @Test
    void whatMustBeThereIsRequired() {
        Agreement.Builder agreement = on(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);
        assertThatNullPointerException().isThrownBy(agreement.build()::requireCredential);
        assertThatNullPointerException().isThrownBy(agreement.build()::requireSignatureScheme);
        agreement.signatureScheme = SignatureScheme.RSA_PKCS1_SHA256;
        assertThat(agreement.build().requireSignatureScheme()).isEqualTo(SignatureScheme.RSA_PKCS1_SHA256);
    }
}
