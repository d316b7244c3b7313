package dev.lockstep.keys;

import static dev.lockstep.keys.Operations.done;
import static dev.lockstep.keys.Operations.failure;
import static dev.lockstep.keys.Operations.inProgress;
import static dev.lockstep.keys.Operations.ready;
import static dev.lockstep.keys.Requests.decrypt;
import static dev.lockstep.keys.Requests.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the numbers and the slot of the four callbacks mean. */
class CallbackKeyTest {

    private static final Set<SignatureScheme> SCHEMES = Set.of(SignatureScheme.ECDSA_SECP256R1_SHA256);

    private final Signal signal = new Signal();

    private static CallbackKey starting(int outcome, CallbackKey.Resume resume) {
        return CallbackKey.builder()
                .signStart(SCHEMES, (operation, request) -> outcome)
                .decryptStart((operation, request) -> outcome)
                .resume(resume)
                .build();
    }

    @Test
    void theFourOutcomesOfStartAreKept() throws Exception {
        CallbackKey.Resume never = (operation, output) -> CallbackKey.IN_PROGRESS;

        assertThat(starting(CallbackKey.OK, never).startSign(sign(), signal)).isInstanceOf(Start.Ready.class);
        assertThat(starting(CallbackKey.IN_PROGRESS, never).startSign(sign(), signal))
                .isInstanceOf(Start.InProgress.class);
        assertThat(starting(CallbackKey.FALLTHROUGH, never).startDecrypt(decrypt(), signal))
                .isInstanceOf(Start.FallThrough.class);
        assertThat(failure(starting(-0x3900, never).startDecrypt(decrypt(), signal)))
                .hasMessage("the start callback answered -0x3900");
    }

    @Test
    void theOutcomesOfResumeAreKept() throws Exception {
        int[] outcome = {CallbackKey.IN_PROGRESS};
        PendingOperation<byte[]> operation = inProgress(starting(CallbackKey.IN_PROGRESS, (o, output) -> {
                    output.put((byte) 1).put((byte) 2);
                    return outcome[0];
                })
                .startSign(sign(), signal));

        assertThat(operation.resume()).isInstanceOf(Progress.InProgress.class);
        outcome[0] = CallbackKey.OK;
        assertThat(done(operation.resume())).containsExactly(1, 2);
        outcome[0] = 17;
        assertThat(failure(operation.resume())).hasMessage("the resume callback answered 0x11");
    }

    @Test
    void theOutputHasRoomForTheLongestResultAndNoMoreAndIsWiped() throws Exception {
        List<ByteBuffer> seen = new ArrayList<>();
        CallbackKey.Resume fill = (operation, output) -> {
            seen.add(output);
            while (output.hasRemaining()) {
                output.put((byte) 0x5a);
            }
            return CallbackKey.OK;
        };

        byte[] block = done(ready(starting(CallbackKey.OK, fill).startDecrypt(decrypt(), signal))
                .resume());

        assertThat(block).hasSize(256).containsOnly(0x5a);
        assertThat(seen.get(0).array()).containsOnly(0);
        assertThatThrownBy(() -> ready(starting(CallbackKey.OK, (operation, output) -> {
                                    output.put(new byte[257]);
                                    return CallbackKey.OK;
                                })
                                .startDecrypt(decrypt(), signal))
                        .resume())
                .isInstanceOf(BufferOverflowException.class);
    }

    @Test
    void eachOperationHasItsOwnSlotEmptyAtFirstAndReadableInCancel() throws Exception {
        List<Object> seen = new ArrayList<>();
        CallbackKey key = CallbackKey.builder()
                .signStart(SCHEMES, (operation, request) -> {
                    seen.add(operation.data());
                    operation.setData("operation " + seen.size());
                    return CallbackKey.IN_PROGRESS;
                })
                .resume((operation, output) -> {
                    seen.add(operation.data());
                    return CallbackKey.IN_PROGRESS;
                })
                .cancel(operation -> seen.add(operation.data()))
                .build();

        PendingOperation<byte[]> first = inProgress(key.startSign(sign(), signal));
        PendingOperation<byte[]> second = inProgress(key.startSign(sign(), signal));
        second.resume();
        first.cancel();

        assertThat(seen).containsExactly(null, null, "operation 2", "operation 1");
    }

    @Test
    void anOperationWakesItsConnection() throws Exception {
        List<CallbackKey.Operation> pending = new ArrayList<>();
        CallbackKey key = CallbackKey.builder()
                .signStart(SCHEMES, (operation, request) -> {
                    pending.add(operation);
                    return CallbackKey.IN_PROGRESS;
                })
                .resume((operation, output) -> CallbackKey.IN_PROGRESS)
                .build();

        PendingOperation<byte[]> operation = inProgress(key.startSign(sign(), signal));
        pending.get(0).wake();
        assertThat(signal.pending()).isEqualTo(1);
        operation.cancel(); // there is no cancel callback, and none is needed
    }

    @Test
    void callbacksThatAreAbsentMeanTheLocalKey() throws Exception {
        CallbackKey nothing = CallbackKey.builder().build();

        assertThat(nothing.signatureSchemes()).isEmpty();
        assertThat(nothing.canDecrypt()).isFalse();
        assertThat(nothing.startSign(sign(), signal)).isInstanceOf(Start.FallThrough.class);
        assertThat(nothing.startDecrypt(decrypt(), signal)).isInstanceOf(Start.FallThrough.class);
    }

    @Test
    void aStartWithoutResumeIsRefused() {
        assertThatThrownBy(() -> CallbackKey.builder()
                        .decryptStart((operation, request) -> CallbackKey.OK)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("resume:");
    }
}
