package dev.lockstep.keys.compose;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Fails at once while a signer is down, instead of letting every handshake find out by itself, and probes it again.
 *
 * <p>After so many outages in a row ({@link Reason#KEY_UNAVAILABLE}, {@link Reason#TIMED_OUT} or an exception of the
 * key's own) the breaker opens: operations fail with {@link Reason#KEY_UNAVAILABLE} and do not reach the key. When the
 * open time is over, one signature goes through as a probe while others still fail: success closes the breaker, another
 * outage opens it anew. A probe that is cancelled or refused says nothing, and the next signature takes its place. A
 * cancelled operation does not count, so a signer that hangs is noticed only with a {@link DeadlineKey} inside.
 *
 * <p>Outcomes of decryptions never count: they may depend on padding, so that a peer could open the breaker or read
 * it. Decryptions are refused while it is open and let through, without being probes, from the end of the open time.
 *
 * <p>Safe for any number of threads.
 */
public final class CircuitBreakerKey implements ExternalPrivateKey {

    /** What the breaker does. */
    public enum State {
        /** The signer works as far as is known. */
        CLOSED,
        /** The signer is down; the next signature after the open time is a probe. */
        OPEN,
        /** One signature is under way to find out. */
        PROBING
    }

    private final ExternalPrivateKey key;
    private final Breaker breaker;

    private CircuitBreakerKey(ExternalPrivateKey key, Breaker breaker) {
        this.key = key;
        this.breaker = breaker;
    }

    /**
     * Guards {@code key}.
     *
     * @param outages how many in a row open the breaker, at least 1
     * @param open how long it stays open, more than zero, at most an hour
     * @param clock nanoseconds, {@code System::nanoTime} for example
     */
    public static CircuitBreakerKey of(ExternalPrivateKey key, int outages, Duration open, LongSupplier clock) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(clock, "clock");
        if (outages < 1) {
            throw new IllegalArgumentException("outages: " + outages + " is out of range; give at least 1");
        }
        if (open.isNegative() || open.isZero() || open.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("open: " + open + " is out of range; give more than zero to one hour");
        }
        return new CircuitBreakerKey(key, new Breaker(outages, open.toNanos(), clock));
    }

    /** What the breaker does at this moment. */
    public State state() {
        return breaker.state();
    }

    @Override
    public Set<SignatureScheme> signatureSchemes() {
        return key.signatureSchemes();
    }

    @Override
    public boolean canDecrypt() {
        return key.canDecrypt();
    }

    @Override
    public Start<byte[]> startSign(SignRequest request, Waker waker) {
        Breaker.Pass pass = breaker.admit();
        if (pass == null) {
            return refused();
        }
        Start<byte[]> start = Attempt.begin(w -> key.startSign(request, w), waker);
        if (start instanceof Start.Ready<byte[]> ready) {
            return Start.ready(new Guarded(ready.operation(), breaker, pass));
        }
        if (start instanceof Start.InProgress<byte[]> started) {
            return Start.inProgress(new Guarded(started.operation(), breaker, pass));
        }
        breaker.settle(
                pass, start instanceof Start.Failed<byte[]> failed ? verdict(failed.cause()) : Breaker.Verdict.UNKNOWN);
        return start;
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
        return breaker.admitsDecryption() ? key.startDecrypt(request, waker) : refused();
    }

    private static Start<byte[]> refused() {
        return Start.failed(new OperationException(
                Reason.KEY_UNAVAILABLE, "the signer was down a moment ago and is not asked again yet"));
    }

    private static Breaker.Verdict verdict(Throwable failure) {
        return Outages.isOutage(failure) ? Breaker.Verdict.OUTAGE : Breaker.Verdict.UNKNOWN;
    }

    /** A signature whose end is told to the breaker. */
    private static final class Guarded implements PendingOperation<byte[]> {

        private final PendingOperation<byte[]> operation;
        private final Breaker breaker;
        private final Breaker.Pass pass;

        Guarded(PendingOperation<byte[]> operation, Breaker breaker, Breaker.Pass pass) {
            this.operation = operation;
            this.breaker = breaker;
            this.pass = pass;
        }

        @Override
        public Progress<byte[]> resume() {
            Progress<byte[]> progress = Attempt.poll(operation);
            if (progress instanceof Progress.Done<byte[]>) {
                breaker.settle(pass, Breaker.Verdict.ALIVE);
            } else if (progress instanceof Progress.Failed<byte[]> failed) {
                breaker.settle(pass, verdict(failed.cause()));
            }
            return progress;
        }

        @Override
        public void cancel() {
            breaker.settle(pass, Breaker.Verdict.UNKNOWN);
            operation.cancel();
        }
    }
}
