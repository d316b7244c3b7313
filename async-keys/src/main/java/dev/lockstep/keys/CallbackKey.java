package dev.lockstep.keys;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The four callbacks of Mbed TLS's private-key operation feature, for servers ported from C: sign start, decrypt
 * start, resume and cancel, with numeric outcomes and one data slot per operation. The slot is empty when start runs
 * and is read by the same operation's resume and cancel only. New code is better off with {@link ExternalPrivateKey}.
 *
 * <p>Callbacks run on the thread that drives the connection and must not block. Each may be left out: without a start
 * callback the operation stays with the local key, without cancel there is nothing to clean up. Resume is needed as
 * soon as there is a start.
 */
public final class CallbackKey implements ExternalPrivateKey {

    /** Start: started, resume is called in the same step. Resume: the output buffer holds the result. */
    public static final int OK = 0;

    /** Start: started, the connection suspends. Resume: not there yet. (MBEDTLS_ERR_SSL_ASYNC_IN_PROGRESS) */
    public static final int IN_PROGRESS = -0x6500;

    /** Start: not mine, use the local key. (MBEDTLS_ERR_SSL_HW_ACCEL_FALLTHROUGH) Elsewhere it is an error. */
    public static final int FALLTHROUGH = -0x6F80;

    /** Starts a signature; the request says which key, scheme and hash. */
    @FunctionalInterface
    public interface SignStart {
        /** Answers {@link #OK}, {@link #IN_PROGRESS}, {@link #FALLTHROUGH} or any other number as an error. */
        int start(Operation operation, SignRequest request) throws Exception;
    }

    /** Starts the decryption of a premaster secret; the request says which key. */
    @FunctionalInterface
    public interface DecryptStart {
        /** Answers {@link #OK}, {@link #IN_PROGRESS}, {@link #FALLTHROUGH} or any other number as an error. */
        int start(Operation operation, DecryptRequest request) throws Exception;
    }

    /** Fetches the result of a signature or a decryption. */
    @FunctionalInterface
    public interface Resume {
        /**
         * Answers {@link #OK} after putting the whole result into {@code output}, {@link #IN_PROGRESS}, or any other
         * number as an error. The buffer is as large as the longest possible result and is wiped afterwards.
         */
        int resume(Operation operation, ByteBuffer output) throws Exception;
    }

    /** Cleans up after an operation whose result is no longer wanted. */
    @FunctionalInterface
    public interface Cancel {
        /** Called at most once, only while the operation is pending, with the slot still readable. */
        void cancel(Operation operation);
    }

    /** What one operation has of its own: the data slot and the way to wake its connection. */
    public static final class Operation {

        private final Waker waker;
        private volatile @Nullable Object data;

        Operation(Waker waker) {
            this.waker = waker;
        }

        /** Returns what the callbacks of this operation put here last; null at first. */
        public @Nullable Object data() {
            return data;
        }

        /** Keeps {@code data} for the later callbacks of this operation. */
        public void setData(@Nullable Object data) {
            this.data = data;
        }

        /** Has the connection stepped again, so that resume is called; any thread, any time. */
        public void wake() {
            waker.wake();
        }
    }

    private final Set<SignatureScheme> schemes;
    private final @Nullable SignStart signStart;
    private final @Nullable DecryptStart decryptStart;
    private final @Nullable Resume resume;
    private final @Nullable Cancel cancel;

    private CallbackKey(Builder builder) {
        this.schemes = Set.copyOf(builder.schemes);
        this.signStart = builder.signStart;
        this.decryptStart = builder.decryptStart;
        this.resume = builder.resume;
        this.cancel = builder.cancel;
    }

    /** Starts a key without callbacks. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Set<SignatureScheme> signatureSchemes() {
        return schemes;
    }

    @Override
    public boolean canDecrypt() {
        return decryptStart != null;
    }

    @Override
    public Start<byte[]> startSign(SignRequest request, Waker waker) throws Exception {
        if (signStart == null || resume == null) {
            return Start.fallThrough();
        }
        Operation operation = new Operation(waker);
        int outcome = signStart.start(operation, request);
        return CallbackOperation.started(outcome, operation, request.certificate(), resume, cancel);
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
        if (decryptStart == null || resume == null) {
            return Start.fallThrough();
        }
        Operation operation = new Operation(waker);
        int outcome = decryptStart.start(operation, request);
        return CallbackOperation.started(outcome, operation, request.certificate(), resume, cancel);
    }

    /** Collects the callbacks. For one thread. */
    public static final class Builder {

        private final EnumSet<SignatureScheme> schemes = EnumSet.noneOf(SignatureScheme.class);
        private @Nullable SignStart signStart;
        private @Nullable DecryptStart decryptStart;
        private @Nullable Resume resume;
        private @Nullable Cancel cancel;

        private Builder() {}

        /**
         * Sets what starts a signature, and the schemes it is good for.
         *
         * @throws IllegalArgumentException without a scheme
         */
        public Builder signStart(Set<SignatureScheme> schemes, SignStart callback) {
            if (schemes.isEmpty()) {
                throw new IllegalArgumentException("schemes: empty; name what the key signs with");
            }
            this.schemes.clear();
            this.schemes.addAll(schemes);
            this.signStart = Objects.requireNonNull(callback, "callback");
            return this;
        }

        /** Sets what starts a decryption. */
        public Builder decryptStart(DecryptStart callback) {
            this.decryptStart = Objects.requireNonNull(callback, "callback");
            return this;
        }

        /** Sets what fetches results. */
        public Builder resume(Resume callback) {
            this.resume = Objects.requireNonNull(callback, "callback");
            return this;
        }

        /** Sets what cleans up. */
        public Builder cancel(Cancel callback) {
            this.cancel = Objects.requireNonNull(callback, "callback");
            return this;
        }

        /**
         * Makes the key.
         *
         * @throws IllegalArgumentException when there is a start callback and no resume callback
         */
        public CallbackKey build() {
            if (resume == null && (signStart != null || decryptStart != null)) {
                throw new IllegalArgumentException("resume: missing; a started operation needs it for its result");
            }
            return new CallbackKey(this);
        }
    }
}
