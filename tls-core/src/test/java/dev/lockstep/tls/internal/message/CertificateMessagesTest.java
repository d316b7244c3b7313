package dev.lockstep.tls.internal.message;

import static dev.lockstep.tls.internal.Refusals.assertDecodeError;
import static dev.lockstep.tls.internal.Refusals.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.ClientCertificateType;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The messages of client authentication and of stapling: RFC 5246 7.4.4, 7.4.6 and 7.4.8, RFC 6066 8. */
class CertificateMessagesTest {

    @Test
    void aChainUpToTheBoundsIsRead() {
        String two = "00000a 000001 aa 000003 bbbbbb";
        assertThat(CertificateMessage.parse(hex(two), 2, 10).certificates()).hasSize(2);
        assertOverLimit(() -> CertificateMessage.parse(hex(two), 1, 10));
        assertOverLimit(() -> CertificateMessage.parse(hex(two), 2, 9));
    }

    /** A local limit is no decoding error. */
    private static void assertOverLimit(ThrowingCallable parse) {
        assertThatThrownBy(parse).isInstanceOfSatisfying(FatalAlert.class, alert -> assertThat(alert.description())
                .isEqualTo(AlertDescription.CERTIFICATE_UNKNOWN));
    }

    @Test
    void anEmptyChainIsLegalWhateverTheBounds() {
        assertThat(CertificateMessage.parse(hex("000000"), 0, 0).certificates()).isEmpty();
    }

    @Test
    void aChainWithinTheBoundsIsStillJudgedByItsShape() {
        assertDecodeError(() -> CertificateMessage.parse(hex("000003 000000"), 10, 100));
        assertDecodeError(() -> CertificateMessage.parse(hex("000004 000002 aa"), 10, 100));
        assertDecodeError(() -> CertificateMessage.parse(hex("000004 000001 aa 00"), 10, 100));
    }

    @Test
    void aRequestIsWrittenInTheOrderOfTheRfc() {
        CertificateRequest request = CertificateRequest.of(
                List.of(ClientCertificateType.RSA_SIGN, ClientCertificateType.ECDSA_SIGN),
                List.of(SignatureScheme.RSA_PKCS1_SHA256, SignatureScheme.ED25519),
                List.of(new byte[] {0x30, 0}, new byte[] {0x31}));
        assertThat(HexFormat.of().formatHex(request.encode()))
                .isEqualTo("0d000012" + "020140" + "000404010807" + "0007" + "00023000" + "000131");
    }

    @Test
    void aRequestNeedsATypeAndASchemeButNoAuthority() {
        assertThat(CertificateRequest.parse(hex("0101 0002 0401 0000")).certificateAuthorities())
                .isEmpty();
        assertDecodeError(() -> CertificateRequest.parse(hex("00 0002 0401 0000")));
        assertDecodeError(() -> CertificateRequest.parse(hex("0101 0000 0000")));
        assertDecodeError(() -> CertificateRequest.parse(hex("0101 0001 04 0000")));
        assertDecodeError(() -> CertificateRequest.parse(hex("0101 0002 0401 0002 0000")));
        assertDecodeError(() -> CertificateRequest.parse(hex("0101 0002 0401 0003 0002 30")));
    }

    @Test
    void theAuthoritiesOfARequestCannotBeChanged() {
        CertificateRequest request =
                new CertificateRequest(new int[] {1}, new int[] {0x0401}, new ArrayList<>(List.of(new byte[] {1})));
        assertThatThrownBy(() -> request.certificateAuthorities().clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aCertificateVerifyIsASchemeAndASignature() {
        CertificateVerify read = CertificateVerify.parse(hex("0804 0003 010203"));
        assertThat(read.signed().scheme()).isEqualTo(SignatureScheme.RSA_PSS_RSAE_SHA256);
        assertThat(read.signed().signature()).containsExactly(1, 2, 3);
        assertThat(CertificateVerify.parse(hex("0804 0000")).signed().signature())
                .as("judged where it is verified")
                .isEmpty();
        assertDecodeError(() -> CertificateVerify.parse(hex("0804 0003 0102")));
        assertDecodeError(() -> CertificateVerify.parse(hex("0804 0003 01020304")));
    }

    @Test
    void aStatusHoldsOneResponseOfOcsp() {
        assertThat(HexFormat.of().formatHex(new CertificateStatus(new byte[] {0x30, 0}).encode()))
                .isEqualTo("16000006" + "01" + "000002" + "3000");
        assertDecodeError(() -> CertificateStatus.parse(hex("01 000000")));
        assertDecodeError(() -> CertificateStatus.parse(hex("02 000001 30")));
        assertDecodeError(() -> CertificateStatus.parse(hex("01 000002 30")));
    }
}
