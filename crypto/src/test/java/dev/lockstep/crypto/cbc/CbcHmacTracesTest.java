package dev.lockstep.crypto.cbc;

import static dev.lockstep.crypto.SymmetricVectors.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.Held;
import dev.lockstep.crypto.cbc.CbcHmac.Order;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a record leaves behind it: in the header, in the output and in the object that it went through. */
class CbcHmacTracesTest {
    private static final String VARIANTS = "dev.lockstep.crypto.cbc.CbcHmacTest#variants";

    /** The header that MACs begin with, and another length in it. */
    private static byte[] header() {
        byte[] header = ReferenceCbc.HEADER.clone();
        header[11] = 0x12;
        header[12] = 0x34;
        return header;
    }

    private static byte[] seal(CbcHmac sealing, byte[] plain) {
        byte[] sealed = new byte[sealing.sealedLength(plain.length)];
        sealing.seal(header(), ReferenceCbc.IV, plain, 0, plain.length, sealed, 0);
        return sealed;
    }

    @ParameterizedTest
    @MethodSource(VARIANTS)
    void aRefusedRecordLeavesZeros(ReferenceCbc reference) {
        CbcHmac opening = reference.opening();
        byte[] sealed = reference.seal(bytes(1, 75), reference.minimalPadding(75));
        byte[] changed = sealed.clone();
        changed[20] ^= 1;
        byte[] cut = Arrays.copyOf(sealed, sealed.length - 1);
        byte[] tooShort = Arrays.copyOf(sealed, opening.minSealedLength() - 16);
        for (byte[] refused : new byte[][] {changed, cut, tooShort}) {
            byte[] header = header();
            byte[] out = new byte[sealed.length];
            assertThat(opening.open(header, refused, 0, refused.length, out, 0)).isEqualTo(-1);
            assertThat(out).containsOnly(0);
            assertThat(header).as("its length").isEqualTo(ReferenceCbc.HEADER);
        }
    }

    @ParameterizedTest
    @MethodSource(VARIANTS)
    void anEmptyPlaintextIsNoRefusal(ReferenceCbc reference) {
        byte[] sealed = reference.seal(new byte[0], reference.minimalPadding(0));
        byte[] header = header();
        byte[] out = new byte[sealed.length];
        assertThat(reference.opening().open(header, sealed, 0, sealed.length, out, 0))
                .isZero();
        if (reference.order() == Order.MAC_THEN_ENCRYPT) {
            assertThat(header).isEqualTo(ReferenceCbc.HEADER);
            assertThat(out).startsWith(reference.mac(0, new byte[0]));
        } else {
            assertThat(header[12]).as("bytes of IV and ciphertext").isEqualTo((byte) 32);
            assertThat(out).startsWith(ReferenceCbc.padding(16));
        }
    }

    @ParameterizedTest
    @MethodSource(VARIANTS)
    void noPlaintextStaysInTheObject(ReferenceCbc reference) {
        for (int length : new int[] {40, 128, 300}) {
            CbcHmac sealing = reference.sealing();
            byte[] sealed = seal(sealing, bytes(1, length));
            assertThat(Held.by(sealing)).contains("hmac.innerPad").doesNotContain("tail");
            CbcHmac opening = reference.opening();
            assertThat(opening.open(header(), sealed, 0, sealed.length, new byte[sealed.length], 0))
                    .isEqualTo(length);
            assertThat(Held.by(opening))
                    .contains("hmac.innerPad")
                    .doesNotContain("hiddenHmac.tail", "hiddenHmac.last", "hiddenHmac.window");
        }
    }

    @ParameterizedTest
    @MethodSource(VARIANTS)
    void aDestroyedObjectHoldsNothing(ReferenceCbc reference) {
        CbcHmac sealing = reference.sealing();
        CbcHmac opening = reference.opening();
        byte[] sealed = seal(sealing, bytes(1, 300));
        opening.open(header(), sealed, 0, sealed.length, new byte[sealed.length], 0);
        sealing.destroy();
        opening.destroy();
        assertThat(Held.by(sealing)).isEmpty();
        assertThat(Held.by(opening)).isEmpty();
    }
}
