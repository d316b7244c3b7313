package dev.lockstep.tls.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class WireWriterTest {

    @Test
    void numbersAreBigEndian() {
        assertThat(hex(new WireWriter(0).uint8(0xff).uint16(0x0102).uint24(0xfffefd)))
                .isEqualTo("ff0102fffefd");
    }

    @Test
    void opaqueVectorsCarryTheirLength() {
        byte[] two = {1, 2};
        assertThat(hex(new WireWriter().opaque8(two).opaque16(two).opaque24(two).bytes(two)))
                .isEqualTo("020102" + "00020102" + "0000020102" + "0102");
        assertThat(hex(new WireWriter().bytes(new byte[] {9, 8, 7, 6}, 1, 2))).isEqualTo("0807");
    }

    @Test
    void listsCarryTheirLengthInBytes() {
        assertThat(hex(new WireWriter().uint8List8(new int[] {0, 255}).uint16List16(new int[] {1, 0xffff})))
                .isEqualTo("0200ff" + "00040001ffff");
    }

    @Test
    void vectorsNest() {
        WireWriter out = new WireWriter(1);
        int outer = out.beginVector24();
        int middle = out.beginVector16();
        int inner = out.beginVector8();
        out.uint8(0xaa);
        out.endVector(inner);
        out.endVector(middle);
        out.uint8(0xbb);
        out.endVector(outer);
        assertThat(hex(out)).isEqualTo("000005" + "0002" + "01aa" + "bb");
        assertThat(out.size()).isEqualTo(8);
    }

    @Test
    void whatDoesNotFitItsFieldIsTheCallersMistake() {
        WireWriter out = new WireWriter();
        assertThatThrownBy(() -> out.uint8(0x100)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> out.uint8(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> out.uint16(0x10000)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> out.uint24(0x1000000)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> out.opaque8(new byte[256])).isInstanceOf(IllegalArgumentException.class);
        WireWriter full = new WireWriter();
        int mark = full.beginVector8();
        full.bytes(new byte[256]);
        assertThatThrownBy(() -> full.endVector(mark)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void growthKeepsWhatWasWritten() {
        WireWriter out = new WireWriter(0);
        for (int i = 0; i < 10_000; i++) {
            out.uint16(i);
        }
        WireReader in = WireReader.of(out.toByteArray());
        for (int i = 0; i < 10_000; i++) {
            assertThat(in.uint16("i")).isEqualTo(i);
        }
        in.requireEnd("numbers");
    }

    private static String hex(WireWriter out) {
        return HexFormat.of().formatHex(out.toByteArray());
    }
}
