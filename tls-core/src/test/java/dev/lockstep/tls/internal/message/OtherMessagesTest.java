package dev.lockstep.tls.internal.message;

import static dev.lockstep.tls.internal.Refusals.assertAlert;
import static dev.lockstep.tls.internal.Refusals.assertDecodeError;
import static dev.lockstep.tls.internal.Refusals.assertIllegalParameter;
import static dev.lockstep.tls.internal.Refusals.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.AlertLevel;
import dev.lockstep.tls.spec.KeyExchange;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OtherMessagesTest {

    @ParameterizedTest
    @EnumSource(KeyExchange.class)
    void anEmptyClientKeyExchangeIsADecodeError(KeyExchange keyExchange) {
        assertDecodeError(() -> ClientKeyExchange.parse(keyExchange, hex("")));
        assertDecodeError(() -> ClientKeyExchange.parse(keyExchange, hex("00")));
        if (keyExchange == KeyExchange.PSK) {
            // RFC 4279 2: "opaque psk_identity<0..2^16-1>"
            assertThat(ClientKeyExchange.parse(keyExchange, hex("0000")))
                    .isEqualTo(new PskClientKeyExchange(new byte[0], null));
        } else {
            assertDecodeError(() -> ClientKeyExchange.parse(keyExchange, hex("0000")));
        }
    }

    @Test
    void theFormOfAClientKeyExchangeFollowsFromTheSuite() {
        // RFC 5246 7.4.7.1-5
        assertThat(ClientKeyExchange.parse(KeyExchange.ECDHE_ECDSA, hex("02 0405")))
                .isEqualTo(new EcdheClientKeyExchange(new byte[] {4, 5}));
        assertThat(ClientKeyExchange.parse(KeyExchange.ECDHE_RSA, hex("01 04")))
                .isEqualTo(new EcdheClientKeyExchange(new byte[] {4}));
        assertThat(ClientKeyExchange.parse(KeyExchange.DHE_RSA, hex("0001 04")))
                .isEqualTo(new DheClientKeyExchange(new byte[] {4}));
        assertThat(ClientKeyExchange.parse(KeyExchange.RSA, hex("0001 04")))
                .isEqualTo(new RsaClientKeyExchange(new byte[] {4}));
    }

    @Test
    void rsaKeyExchangeHasNoServerKeyExchange() {
        assertAlert(
                AlertDescription.UNEXPECTED_MESSAGE, () -> ServerKeyExchange.parse(KeyExchange.RSA, hex("03 0017")));
    }

    @Test
    void onlyNamedCurvesAreRead() {
        String signed = "0403 0001 30";
        assertIllegalParameter(() -> ServerKeyExchange.parse(KeyExchange.ECDHE_RSA, hex("01 0017 01 04" + signed)));
        assertIllegalParameter(() -> ServerKeyExchange.parse(KeyExchange.ECDHE_RSA, hex("03 0001 01 04" + signed)));
        assertIllegalParameter(() -> ServerKeyExchange.parse(KeyExchange.ECDHE_RSA, hex("03 0100 01 04" + signed)));
    }

    @Test
    void whatTheServerSignsIsWhatItSends() {
        DigitallySigned signed = new DigitallySigned(SignatureScheme.ED25519, new byte[] {1});
        ServerKeyExchange ecdhe =
                new EcdheServerKeyExchange(new ServerEcdhParams(NamedGroup.X25519, new byte[] {7, 8}), signed);
        assertThat(HexFormat.of().formatHex(ecdhe.encodedParams())).isEqualTo("03001d020708");
        assertThat(HexFormat.of().formatHex(ecdhe.encode())).isEqualTo("0c00000b" + "03001d020708" + "0807000101");

        ServerKeyExchange dhe =
                new DheServerKeyExchange(new ServerDhParams(new byte[] {23}, new byte[] {5}, new byte[] {8}), signed);
        assertThat(HexFormat.of().formatHex(dhe.encodedParams())).isEqualTo("000117000105000108");
        assertThat(dhe.signed()).isSameAs(signed);
    }

    @Test
    void aSchemeThatIsUnknownIsKeptAsANumber() {
        assertThat(new DigitallySigned(0x0101, new byte[0]).scheme()).isNull();
        assertThat(new DigitallySigned(0x0807, new byte[0]).scheme()).isEqualTo(SignatureScheme.ED25519);
    }

    @Test
    void aServerHelloWithAnUnknownSuiteOrCompressionIsIllegal() {
        String head = "0303" + "00".repeat(32) + "00";
        assertIllegalParameter(() -> ServerHello.parse(hex(head + "0a0a 00")));
        assertIllegalParameter(() -> ServerHello.parse(hex(head + "002f 01")));
        assertThat(ServerHello.parse(hex(head + "002f 00")).extensions().present())
                .isFalse();
    }

    @Test
    void anEmptyCertificateInAChainIsADecodeError() {
        assertDecodeError(() -> CertificateMessage.parse(hex("000003 000000")));
        assertDecodeError(() -> CertificateMessage.parse(hex("000007 000001 aa 000000")));
        assertDecodeError(() -> CertificateMessage.parse(hex("000005 000001 aa 00")));
        assertThat(CertificateMessage.parse(hex("000000")).certificates()).isEmpty();
    }

    @Test
    void theChainOfACertificateMessageCannotBeChanged() {
        CertificateMessage message = new CertificateMessage(new ArrayList<>(List.of(new byte[] {1})));
        assertThatThrownBy(() -> message.certificates().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 11, 13, 16, 36, 256})
    void aFinishedOfAnotherLengthIsADecodeError(int length) {
        assertDecodeError(() -> Finished.parse(hex("aa".repeat(length))));
    }

    @Test
    void changeCipherSpecIsTheByteOneOrUnexpected() {
        assertThat(ChangeCipherSpec.parse(hex("01")).encode()).containsExactly(1);
        for (String payload : List.of("", "00", "02", "ff", "0101", "0100", "010101")) {
            assertAlert(AlertDescription.UNEXPECTED_MESSAGE, () -> ChangeCipherSpec.parse(hex(payload)));
        }
    }

    @Test
    void anAlertIsTwoBytesOfAnyValue() {
        assertThat(Alert.parse(hex("0228"))).isEqualTo(Alert.fatal(AlertDescription.HANDSHAKE_FAILURE));
        assertThat(Alert.parse(hex("0228")).description()).isEqualTo(AlertDescription.HANDSHAKE_FAILURE);
        Alert unknown = Alert.parse(hex("03ff"));
        assertThat(unknown.level()).isNull();
        assertThat(unknown.description()).isNull();
        for (String payload : List.of("", "02", "022800")) {
            assertDecodeError(() -> Alert.parse(hex(payload)));
        }
    }

    @Test
    void closeNotifyCountsAtAnyLevel() {
        assertThat(Alert.warning(AlertDescription.CLOSE_NOTIFY).isCloseNotify()).isTrue();
        assertThat(Alert.parse(hex("0200")).isCloseNotify()).isTrue();
        assertThat(Alert.warning(AlertDescription.NO_RENEGOTIATION).isCloseNotify())
                .isFalse();
        assertThat(Alert.warning(AlertDescription.NO_RENEGOTIATION).level()).isEqualTo(AlertLevel.WARNING);
    }

    @Test
    void aRandomHas32Bytes() {
        assertThatThrownBy(() -> new HelloRandom(new byte[31])).isInstanceOf(IllegalArgumentException.class);
        assertThat(Samples.random(1)).hasToString(HexFormat.of().formatHex(Samples.bytes(32, 1)));
    }
}
