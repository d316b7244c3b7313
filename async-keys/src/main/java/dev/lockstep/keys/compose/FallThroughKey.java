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

/**
 * A key with a second one as its fall-back, one in memory for example ({@code InlineKey.of(InMemoryKey.of(...))}). The
 * second does what the first cannot do, what it leaves with {@link Start#fallThrough}, and, if configured so, the
 * signatures that the first failed to make.
 *
 * <p>A failed decryption never goes to the second key: whether it failed may depend on the padding, and a second key
 * operation would tell the peer. It goes there only if the first key's start falls through, before any work was done.
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
        if (!first.signatureSchemes().contains(request.scheme())) {
            return GuardedCalls.start(second::startSign, request, waker);
        }
        Start<byte[]> start = GuardedCalls.start(first::startSign, request, waker);
        if (start instanceof Start.FallThrough<byte[]>) {
            return GuardedCalls.start(second::startSign, request, waker);
        }
        return onFailure && second.signatureSchemes().contains(request.scheme())
                ? FailoverOperation.start(start, second::startSign, request, waker, 1, failure -> true)
                : start;
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
        if (first.canDecrypt()) {
            Start<byte[]> start = GuardedCalls.start(first::startDecrypt, request, waker);
            if (!(start instanceof Start.FallThrough<byte[]>)) {
                return start;
            }
        }
        return GuardedCalls.start(second::startDecrypt, request, waker);
    }
}
