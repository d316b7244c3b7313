package dev.lockstep.tls.internal.handshake.phase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.internal.extension.Extension;
import dev.lockstep.tls.internal.extension.MaxFragmentLength;
import dev.lockstep.tls.internal.extension.RecordSizeLimit;
import dev.lockstep.tls.internal.handshake.Hellos;
import dev.lockstep.tls.internal.message.ClientHello;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of max_fragment_length and record_size_limit: in ServerHello, in the record layer and in the session. */
class RecordLengthsTest {

    private static final int OWN = 1500;

    private final List<String> told = new ArrayList<>();
    private final HandshakeOutput output = (HandshakeOutput) Proxy.newProxyInstance(
            HandshakeOutput.class.getClassLoader(), new Class<?>[] {HandshakeOutput.class}, (proxy, method, args) -> {
                told.add(method.getName() + Arrays.toString(args));
                return null;
            });

    private static ClientHello hello(Extension... extensions) {
        return Hellos.offering(new int[] {0xc02b}, new byte[0], extensions);
    }

    private void assertAgreed(RecordLengths lengths, List<Extension> answer, int sessionCode, String... calls) {
        List<Extension> answered = new ArrayList<>();
        lengths.answer(answered, OWN);
        assertThat(answered).isEqualTo(answer);
        assertThat(lengths.fragmentLengthCode()).isEqualTo(sessionCode);
        told.clear();
        lengths.apply(output, OWN);
        assertThat(told).containsExactly(calls);
    }

    @Test
    void withoutAWishThereIsNoLimit() {
        assertAgreed(RecordLengths.of(hello()), List.of(), 0);
        assertAgreed(RecordLengths.of(hello(new MaxFragmentLength(9))), List.of(), 0);
        assertAgreed(RecordLengths.ofResumption(hello(), 0), List.of(), 0);
    }

    @Test
    void aFragmentLengthIsGranted() {
        MaxFragmentLength asked = new MaxFragmentLength(3);
        assertAgreed(RecordLengths.of(hello(asked)), List.of(asked), 3, "limitFragments[2048]");
    }

    @Test
    void aRecordSizeLimitIsAnsweredWithTheServersOwn() {
        for (int asked : new int[] {64, 1 << 14, 0xffff}) {
            assertAgreed(
                    RecordLengths.of(hello(new MaxFragmentLength(1), new RecordSizeLimit(asked))),
                    List.of(new RecordSizeLimit(OWN)),
                    0,
                    "limitProtectedRecords[" + Math.min(asked, 1 << 14) + ", " + OWN + "]");
        }
    }

    /** RFC 6066 1.1-2: of a resumed session the fragment length counts, and nothing is said of it. */
    @Test
    void aResumedSessionKeepsItsFragmentLength() {
        assertAgreed(
                RecordLengths.ofResumption(hello(new MaxFragmentLength(3)), 1), List.of(), 1, "limitFragments[512]");
        assertAgreed(RecordLengths.ofResumption(hello(new MaxFragmentLength(3)), 0), List.of(), 0);
    }

    /** RFC 8449 4: "During renegotiation or resumption, the record size limit is renegotiated." */
    @Test
    void aResumedSessionHasTheRecordSizeLimitOfNow() {
        assertAgreed(
                RecordLengths.ofResumption(hello(new RecordSizeLimit(100)), 1),
                List.of(new RecordSizeLimit(OWN)),
                0,
                "limitProtectedRecords[100, 1500]");
    }
}
