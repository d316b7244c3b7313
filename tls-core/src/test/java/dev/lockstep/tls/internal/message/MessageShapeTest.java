package dev.lockstep.tls.internal.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.tls.internal.extension.Extension;
import dev.lockstep.tls.internal.message.Samples.Sample;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.NamedGroup;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every message and every extension alike. */
class MessageShapeTest {

    static List<Sample> samples() {
        return Samples.all();
    }

    static List<Sample> samplesThatEnd() {
        return Samples.all().stream().filter(sample -> !sample.openEnded()).toList();
    }

    static List<Sample> openEndedSamples() {
        return Samples.all().stream().filter(Sample::openEnded).toList();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void whatIsWrittenIsReadBack(Sample sample) {
        Object read = sample.parser().parse(WireReader.of(sample.body()));
        assertThat(read).isEqualTo(sample.value()).hasSameHashCodeAs(sample.value());
        assertThat(sample.encoder().apply(read)).isEqualTo(sample.body());
    }

    /** Tests compare messages, so that what differs on the wire has to differ. */
    @ParameterizedTest
    @MethodSource("samples")
    void aChangedByteMakesAnotherValue(Sample sample) {
        Set<Integer> hashCodes = new LinkedHashSet<>(Set.of(sample.value().hashCode()));
        int others = 0;
        for (int at = 0; at < sample.body().length; at++) {
            byte[] changed = sample.body().clone();
            changed[at] ^= 1;
            Object read;
            try {
                read = sample.parser().parse(WireReader.of(changed));
            } catch (FatalAlert notAMessage) {
                continue;
            }
            boolean same = Arrays.equals(sample.encoder().apply(read), sample.body());
            assertThat(read.equals(sample.value())).as("byte %d", at).isEqualTo(same);
            hashCodes.add(read.hashCode());
            others += same ? 0 : 1;
        }
        assertThat(hashCodes.size() > 1).as("hash codes differ").isEqualTo(others > 0);
        assertThat(sample.value()).isNotEqualTo(sample.name());
        assertThat(sample.value().toString())
                .startsWith(sample.value().getClass().getSimpleName());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aMessageIsReadFromTheMiddleOfAnArray(Sample sample) {
        byte[] array = new byte[sample.body().length + 10];
        Arrays.fill(array, (byte) 0xa5);
        System.arraycopy(sample.body(), 0, array, 3, sample.body().length);
        assertThat(sample.parser().parse(new WireReader(array, 3, sample.body().length)))
                .isEqualTo(sample.value());
    }

    @ParameterizedTest
    @MethodSource("samplesThatEnd")
    void everyStrictPrefixIsADecodeError(Sample sample) {
        for (int length = 0; length < sample.body().length; length++) {
            if (sample.legalPrefixes().contains(length)) {
                assertThat(sample.parser().parse(new WireReader(sample.body(), 0, length)))
                        .as("prefix of %d", length)
                        .isNotNull();
            } else {
                refuses(sample, Arrays.copyOf(sample.body(), length), "prefix of " + length);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samplesThatEnd")
    void everyTrailingByteIsADecodeError(Sample sample) {
        for (int value = 0; value < 256; value++) {
            byte[] padded = Arrays.copyOf(sample.body(), sample.body().length + 1);
            padded[sample.body().length] = (byte) value;
            refuses(sample, padded, "trailing byte " + value);
        }
    }

    @ParameterizedTest
    @MethodSource("samplesThatEnd")
    void longerPaddingIsADecodeErrorToo(Sample sample) {
        for (int extra : new int[] {3, 256, 4096, 65536, (1 << 17) + 512}) {
            byte[] padded = Arrays.copyOf(sample.body(), sample.body().length + extra);
            // A block of extensions of length zero behind a hello without one would be legal: make it too long.
            padded[sample.body().length] = (byte) 0xff;
            refuses(sample, padded, "padding of " + extra);
        }
    }

    @ParameterizedTest
    @MethodSource("openEndedSamples")
    void aBodyWithoutALengthOfItsOwnIsWhateverIsThere(Sample sample) {
        for (int length = 0; length <= sample.body().length; length++) {
            byte[] prefix = Arrays.copyOf(sample.body(), length);
            Object read = sample.parser().parse(WireReader.of(prefix));
            assertThat(sample.encoder().apply(read)).isEqualTo(prefix);
        }
    }

    @Test
    void everyKindOfMessageHasASample() {
        Set<Class<?>> kinds = Samples.messages().stream()
                .map(sample -> sample.value().getClass())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        assertThat(kinds).containsAll(leaves(HandshakeMessage.class)).contains(Alert.class);
    }

    @Test
    void everyKindOfExtensionHasASample() {
        Set<Class<?>> kinds = Samples.extensions().stream()
                .map(sample -> sample.value().getClass())
                .collect(Collectors.toSet());
        assertThat(kinds).containsAll(leaves(Extension.class));
    }

    @Test
    void theHeaderOfAMessageIsItsTypeAndTheLengthOfItsBody() {
        for (Sample sample : Samples.messages()) {
            if (sample.value() instanceof HandshakeMessage message) {
                WireReader in = WireReader.of(message.encode());
                assertThat(in.uint8("msg_type")).isEqualTo(message.type().code());
                assertThat(in.opaque24(0, 0xffffff, "body")).isEqualTo(sample.body());
                in.requireEnd("Handshake");
            }
        }
    }

    @Test
    void aLengthThatIsToldInAdvanceIsExact() {
        for (Sample sample : Samples.messages()) {
            // 128 is the guess for messages that are short
            if (sample.value() instanceof HandshakeMessage message && message.expectedLength() != 128) {
                assertThat(message.expectedLength()).as(sample.name()).isEqualTo(message.encode().length);
            }
        }
    }

    @Test
    void hashCodesOfPartsDiffer() {
        assertThat(Samples.random(1).hashCode()).isNotEqualTo(Samples.random(2).hashCode());
        assertThat(new ServerEcdhParams(NamedGroup.X25519, Samples.bytes(32, 1)).hashCode())
                .isNotEqualTo(new ServerEcdhParams(NamedGroup.X25519, Samples.bytes(32, 2)).hashCode());
        assertThat(new ServerDhParams(new byte[1], new byte[1], Samples.bytes(9, 1)).hashCode())
                .isNotEqualTo(new ServerDhParams(new byte[1], new byte[1], Samples.bytes(9, 2)).hashCode());
    }

    private static Set<Class<?>> leaves(Class<?> sealed) {
        Set<Class<?>> leaves = new LinkedHashSet<>();
        for (Class<?> kind : sealed.getPermittedSubclasses()) {
            if (kind.isSealed()) {
                leaves.addAll(leaves(kind));
            } else {
                leaves.add(kind);
            }
        }
        return leaves;
    }

    private static void refuses(Sample sample, byte[] bytes, String what) {
        FatalAlert alert =
                catchThrowableOfType(FatalAlert.class, () -> sample.parser().parse(WireReader.of(bytes)));
        assertThat(alert).as(what).isNotNull();
        assertThat(alert.description()).as(what).isEqualTo(AlertDescription.DECODE_ERROR);
    }
}
