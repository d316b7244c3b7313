package dev.lockstep.tls.testkit;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A source of pre-shared keys that answers as it is told and remembers what was asked, as {@link RecordingKey} does. */
public final class RecordingPsk implements PskSource {

    private final Map<PskIdentity, byte[]> keys = new HashMap<>();
    private final List<PskRequest> requests = new ArrayList<>();
    private final List<RecordedOperation> operations = new ArrayList<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private KeyScript script = KeyScript.ready();
    private int standInLength = 32;

    /** Knows the key of {@link ClientOptions}' identity. */
    public RecordingPsk() {
        knows(ClientOptions.PSK_IDENTITY, ClientOptions.PSK);
    }

    public RecordingPsk knows(byte[] identity, byte[] key) {
        keys.put(PskIdentity.of(identity), key.clone());
        return this;
    }

    public RecordingPsk answers(KeyScript how) {
        script = how;
        return this;
    }

    public RecordingPsk standInLength(int length) {
        standInLength = length;
        return this;
    }

    @Override
    public int standInLength() {
        return standInLength;
    }

    @Override
    public Start<Optional<byte[]>> start(PskRequest request, Waker waker) throws Exception {
        byte[] key = keys.get(request.identity());
        RecordedOperation operation = new RecordedOperation(
                script, () -> key == null ? new byte[0] : key.clone(), null, null, waker, violations::add);
        requests.add(request);
        operations.add(operation);
        script.onStart.run();
        switch (script.begin) {
            case READY -> {
                operation.started(false);
                return Start.ready(new Lookup(operation, key != null));
            }
            case IN_PROGRESS -> {
                operation.started(true);
                if (script.executor != null) {
                    script.executor.execute(operation::complete);
                }
                return Start.inProgress(new Lookup(operation, key != null));
            }
            default -> operation.neverPending();
        }
        return switch (script.begin) {
            case FALL_THROUGH -> Start.fallThrough();
            case FAILED -> Start.failed(script.cause);
            case THROWS -> throw (Exception) script.cause;
            case ERROR -> throw (Error) script.cause;
            default -> null;
        };
    }

    private record Lookup(RecordedOperation operation, boolean known) implements PendingOperation<Optional<byte[]>> {
        @Override
        public Progress<Optional<byte[]>> resume() throws Exception {
            Progress<byte[]> progress = operation.resume();
            if (progress == null) {
                return null;
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

    public List<PskRequest> requests() {
        return requests;
    }

    public List<RecordedOperation> operations() {
        return operations;
    }

    /** The one look-up there was. */
    public RecordedOperation operation() {
        assertThat(operations).as("look-ups").hasSize(1);
        return operations.get(0);
    }

    public void assertDisciplined() {
        assertThat(violations).isEmpty();
    }
}
