package dev.lockstep.keys.compose;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key with another one behind it, a local key for example ({@code InlineKey.of(LocalKey.of(...))}): the second does
 * what the first cannot do, leaves to it with {@link Start#fallThrough}, or, if asked for, fails to sign.
 *
 * <p>A failed decryption never goes to the second key: whether it failed may depend on the padding, and a second key
 * operation would tell the peer. It goes there only when the first key's start says so before any work was done.
 */
public final class FallThroughKey implements ExternalPrivateKey {

    private final ExternalPrivateKey first;
    private final ExternalPrivateKey second;
    private final boolean onFailure;
    private final Set<SignatureScheme> schemes;

    private FallThroughKey(ExternalPrivateKey first, ExternalPrivateKey second, boolean onFailure) {
        this.first = Objects.requireNonNull(first, "first");
        this.second = Objects.requireNonNull(second, "second");
        this.onFailure = onFailure;
        EnumSet<SignatureScheme> able = EnumSet.noneOf(SignatureScheme.class);
        able.addAll(first.signatureSchemes());
        able.addAll(second.signatureSchemes());
        this.schemes = Set.copyOf(able);
    }

    /** {@code second} does what {@code first} cannot or will not do; a failure of {@code first} stands. */
    public static FallThroughKey of(ExternalPrivateKey first, ExternalPrivateKey second) {
        return new FallThroughKey(first, second, false);
    }

    /** As {@link #of}, and {@code second} also makes the signatures that {@code first} failed to make. */
    public static FallThroughKey alsoWhenSigningFails(ExternalPrivateKey first, ExternalPrivateKey second) {
        return new FallThroughKey(first, second, true);
    }

    @Override
    public Set<SignatureScheme> signatureSchemes() {
        return schemes;
    }

    @Override
    public boolean canDecrypt() {
        return first.canDecrypt() || second.canDecrypt();
    }

    @Override
    public Start<byte[]> startSign(SignRequest request, Waker waker) {
        Attempt other = w -> second.startSign(request, w);
        if (!first.signatureSchemes().contains(request.scheme())) {
            return Attempt.begin(other, waker);
        }
        Start<byte[]> start = Attempt.begin(w -> first.startSign(request, w), waker);
        if (start instanceof Start.FallThrough<byte[]>) {
            return Attempt.begin(other, waker);
        }
        return onFailure && second.signatureSchemes().contains(request.scheme())
                ? Relay.run(start, new Once(other, waker))
                : start;
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
        if (first.canDecrypt()) {
            Start<byte[]> start = Attempt.begin(w -> first.startDecrypt(request, w), waker);
            if (!(start instanceof Start.FallThrough<byte[]>)) {
                return start;
            }
        }
        return Attempt.begin(w -> second.startDecrypt(request, w), waker);
    }

    /** One more start and no other. */
    private static final class Once implements Relay.Successor {

        private @Nullable Attempt left;
        private final Waker waker;

        Once(Attempt attempt, Waker waker) {
            this.left = attempt;
            this.waker = waker;
        }

        @Override
        public @Nullable Start<byte[]> after(Throwable failure) {
            Attempt attempt = left;
            left = null;
            return attempt == null ? null : Attempt.begin(attempt, waker);
        }
    }
}
