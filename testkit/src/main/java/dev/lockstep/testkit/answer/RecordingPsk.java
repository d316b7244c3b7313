package dev.lockstep.testkit.answer;

import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.psk.PskRequest;
import dev.lockstep.tls.psk.PskSource;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** A source of pre-shared keys that answers as it is told and remembers what was asked, as {@link RecordingKey} does. */
public final class RecordingPsk implements PskSource {

    private final Map<PskIdentity, byte[]> keys = new HashMap<>();
    private final List<PskRequest> requests = new ArrayList<>();
    private final Recorder recorder = new Recorder();
    private KeyScript script = KeyScript.ready();
    private IntSupplier standInLength = () -> 32;
    private byte @Nullable [] sessionContext;

    /** Knows the key of {@link ClientOptions}' identity. */
    public RecordingPsk() {
        knows(ClientOptions.PSK_IDENTITY, ClientOptions.PSK);
    }

    /** Adds an identity and its key; copied. */
    public RecordingPsk knows(byte[] identity, byte[] key) {
        keys.put(PskIdentity.of(identity), key.clone());
        return this;
    }

    /** Sets when and how look-ups are answered. */
    public RecordingPsk answers(KeyScript how) {
        script = how;
        return this;
    }

    /** Sets the length of the key that stands in for a missing one, in bytes; 32 by default. */
    public RecordingPsk standInLength(int length) {
        return standInLength(() -> length);
    }

    /** Says what {@code length} gives, or throws what it throws. */
    public RecordingPsk standInLength(IntSupplier length) {
        standInLength = length;
        return this;
    }

    /** Sets the session context; none by default. Copied. */
    public RecordingPsk sessionContext(byte[] context) {
        sessionContext = context.clone();
        return this;
    }

    @Override
    public byte @Nullable [] sessionContext() {
        return sessionContext == null ? null : sessionContext.clone();
    }

    @Override
    public int standInLength() {
        return standInLength.getAsInt();
    }

    @Override
    public Start<Optional<byte[]>> start(PskRequest request, Waker waker) throws Exception {
        byte[] key = keys.get(request.identity());
        requests.add(request);
        Start<byte[]> start = recorder.start(script, () -> key == null ? new byte[0] : key.clone(), null, null, waker);
        if (start instanceof Start.Ready<byte[]> ready) {
            return Start.ready(new Lookup(ready.operation(), key != null));
        }
        if (start instanceof Start.InProgress<byte[]> started) {
            return Start.inProgress(new Lookup(started.operation(), key != null));
        }
        if (start instanceof Start.Failed<byte[]> failed) {
            return Start.failed(failed.cause());
        }
        return start == null ? Faults.brokenPromise() : Start.fallThrough();
    }

    private record Lookup(PendingOperation<byte[]> operation, boolean known)
            implements PendingOperation<Optional<byte[]>> {
        @Override
        public Progress<Optional<byte[]>> resume() throws Exception {
            Progress<byte[]> progress = operation.resume();
            if (progress == null) {
                return Faults.brokenPromise();
            }
            if (progress instanceof Progress.Done<byte[]> done) {
                return Progress.done(known ? Optional.of(done.value()) : Optional.empty());
            }
            return progress instanceof Progress.Failed<byte[]> failed
                    ? Progress.failed(failed.cause())
                    : Progress.inProgress();
        }

        @Override
        public void cancel() {
            operation.cancel();
        }
    }

    /** Returns what was asked, in order. */
    public List<PskRequest> requests() {
        return requests;
    }

    /** Every look-up that was started, in order. */
    public List<RecordedOperation> operations() {
        return recorder.operations();
    }

    /** The only look-up there was. */
    public RecordedOperation operation() {
        return recorder.operation();
    }

    /** Fails unless every look-up was started once, and resumed and cancelled as the contract says. */
    public void assertDisciplined() {
        recorder.assertDisciplined();
    }
}
