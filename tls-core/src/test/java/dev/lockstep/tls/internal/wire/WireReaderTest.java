package dev.lockstep.tls.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.tls.spec.AlertDescription;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class WireReaderTest {

    @Test
    void numbersAreUnsignedAndBigEndian() {
        WireReader in = reader("ff fffe fffefd");
        assertThat(in.uint8("a")).isEqualTo(0xff);
        assertThat(in.uint16("b")).isEqualTo(0xfffe);
        assertThat(in.uint24("c")).isEqualTo(0xfffefd);
        assertThat(in.isEmpty()).isTrue();
    }

    @Test
    void aRangeIsReadAndNothingBesideIt() {
        byte[] array = HexFormat.of().parseHex("aa010203bb");
        WireReader in = new WireReader(array, 1, 3);
        assertThat(in.position()).isEqualTo(1);
        assertThat(in.remaining()).isEqualTo(3);
        assertThat(in.rest()).containsExactly(1, 2, 3);
        refuses(() -> in.uint8("beyond"), "beyond");
    }

    @Test
    void aRangeOutsideTheArrayIsTheCallersMistake() {
        byte[] array = new byte[4];
        assertThatThrownBy(() -> new WireReader(array, 2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new WireReader(array, -1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new WireReader(array, 0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new WireReader(array, Integer.MAX_VALUE, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> WireReader.of(array).bytes(-1, "n")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyShortfallIsADecodeErrorThatNamesTheField() {
        List<Consumer<WireReader>> reads = List.of(
                in -> in.uint8("f"),
                in -> in.uint16("f"),
                in -> in.uint24("f"),
                in -> in.bytes(1, "f"),
                in -> in.skip(1, "f"),
                in -> in.opaque8(0, 9, "f"),
                in -> in.opaque16(0, 9, "f"),
                in -> in.opaque24(0, 9, "f"),
                in -> in.vector8(0, 9, "f"),
                in -> in.vector16(0, 9, "f"),
                in -> in.vector24(0, 9, "f"),
                in -> in.skipVector8(0, 9, "f"),
                in -> in.skipVector16(0, 9, "f"),
                in -> in.uint8List8(0, 9, "f"),
                in -> in.uint16List16(0, 9, "f"));
        for (Consumer<WireReader> read : reads) {
            refuses(() -> read.accept(reader("")), "f");
        }
    }

    @Test
    void aVectorThatDeclaresMoreThanThereIsIsADecodeError() {
        refuses(() -> reader("03 0102").opaque8(0, 255, "f"), "f");
        refuses(() -> reader("0003 0102").opaque16(0, 65535, "f"), "f");
        refuses(() -> reader("ffffff 0102").opaque24(0, 0xffffff, "f"), "f");
        refuses(() -> reader("03 0102").vector8(0, 255, "f"), "f");
        refuses(() -> reader("0003 0102").vector16(0, 65535, "f"), "f");
        refuses(() -> reader("000003 0102").vector24(0, 65535, "f"), "f");
        refuses(() -> reader("03 0102").uint8List8(0, 255, "f"), "f");
        refuses(() -> reader("0004 0102").uint16List16(0, 65535, "f"), "f");
    }

    @Test
    void theBoundsOfAVectorAreInclusive() {
        assertThat(reader("01 aa").opaque8(1, 2, "f")).hasSize(1);
        assertThat(reader("02 aaaa").opaque8(1, 2, "f")).hasSize(2);
        refuses(() -> reader("00").opaque8(1, 2, "f"), "f");
        refuses(() -> reader("03 aaaaaa").opaque8(1, 2, "f"), "f");
        refuses(() -> reader("0000").opaque16(1, 2, "f"), "f");
        refuses(() -> reader("000003 aaaaaa").vector24(1, 2, "f"), "f");
    }

    @Test
    void aSubCursorEndsWhereItsVectorEnds() {
        WireReader in = reader("02 0102 03");
        WireReader body = in.vector8(0, 255, "list");
        assertThat(body.uint16("pair")).isEqualTo(0x0102);
        refuses(() -> body.uint8("beyond"), "beyond");
        assertThat(in.uint8("behind")).isEqualTo(3);
    }

    @Test
    void aVectorIsSteppedOver() {
        WireReader in = reader("02 0102 0001 03 04");
        in.skipVector8(0, 2, "a");
        in.skipVector16(1, 9, "b");
        assertThat(in.uint8("c")).isEqualTo(4);
        refuses(() -> reader("02 01").skipVector8(0, 2, "f"), "f");
        refuses(() -> reader("00").skipVector8(1, 2, "f"), "f");
        refuses(() -> reader("0003 010203").skipVector16(0, 2, "f"), "f");
    }

    @Test
    void listsOfNumbers() {
        assertThat(reader("04 00 7f 80 ff").uint8List8(1, 255, "f")).containsExactly(0, 0x7f, 0x80, 0xff);
        assertThat(reader("0004 0a0a fffe").uint16List16(2, 0xfffe, "f")).containsExactly(0x0a0a, 0xfffe);
    }

    @Test
    void aListOfPairsWithAnOddLengthIsADecodeError() {
        refuses(() -> reader("0003 0a0aff").uint16List16(2, 0xfffe, "f"), "f: odd length 3");
    }

    @Test
    void trailingBytesAreADecodeErrorThatNamesTheStruct() {
        WireReader in = reader("0102");
        refuses(() -> in.requireEnd("Struct"), "Struct");
        in.skip(2, "all");
        in.requireEnd("Struct");
    }

    @Test
    void whatIsReadIsAFreshCopy() {
        byte[] array = {1, 7};
        byte[] read = WireReader.of(array).opaque8(0, 9, "f");
        array[1] = 8;
        assertThat(read).containsExactly(7);
    }

    private static WireReader reader(String hex) {
        return WireReader.of(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    private static void refuses(ThrowingCallable read, String reason) {
        FatalAlert alert = catchThrowableOfType(FatalAlert.class, read);
        assertThat(alert).isNotNull();
        assertThat(alert.description()).isEqualTo(AlertDescription.DECODE_ERROR);
        assertThat(alert.reason()).startsWith(reason).isEqualTo(alert.getMessage());
    }
}
