package dev.lockstep.tls.internal.extension;

import static dev.lockstep.tls.internal.Refusals.assertDecodeError;
import static dev.lockstep.tls.internal.Refusals.hex;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Extensions that say all or nearly all by being there: RFC 7627 5.1, RFC 7366 2, RFC 5746 3.2. */
class PresenceExtensionsTest {

    @Test
    void extendedMasterSecretIsEmpty() {
        assertThat(ExtendedMasterSecret.parse(hex(""))).isEqualTo(new ExtendedMasterSecret());
        assertDecodeError(() -> ExtendedMasterSecret.parse(hex("00")));
    }

    @Test
    void encryptThenMacIsEmpty() {
        // RFC 7366 2-1
        assertThat(EncryptThenMac.parse(hex(""))).isEqualTo(new EncryptThenMac());
        assertDecodeError(() -> EncryptThenMac.parse(hex("0000")));
    }

    @Test
    void renegotiationInfoOfAFirstHandshakeIsAnEmptyVectorNotAnEmptyBody() {
        assertThat(RenegotiationInfo.parse(hex("00")).isInitial()).isTrue();
        assertThat(RenegotiationInfo.parse(hex("00"))).isEqualTo(RenegotiationInfo.initial());
        assertDecodeError(() -> RenegotiationInfo.parse(hex("")));
    }

    @Test
    void renegotiationInfoKeepsTheVerifyDataOfTheHandshakeBefore() {
        RenegotiationInfo read = RenegotiationInfo.parse(hex("03 010203"));
        assertThat(read.isInitial()).isFalse();
        assertThat(read.renegotiatedConnection()).containsExactly(1, 2, 3);
        assertDecodeError(() -> RenegotiationInfo.parse(hex("03 0102")));
        assertDecodeError(() -> RenegotiationInfo.parse(hex("00 00")));
    }
}
