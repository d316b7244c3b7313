package dev.lockstep.tls.internal.handshake;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.psk.PskRequest;
import dev.lockstep.tls.psk.PskSource;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The look-up of a pre-shared key on its way. RFC 4279 2: "if the server wishes to hide the fact that the PSK identity was
 * not known, it MAY continue the protocol as if the PSK identity existed but the key was incorrect". So it does: a missing
 * key, whatever the reason, is a random one, and the handshake walks on to fail at Finished.
 */
final class PskLookup {

    private final byte[] standIn;
    private final Wait<Optional<byte[]>> wait;
    private @Nullable Throwable failure;

    private PskLookup(byte[] standIn, Wait<Optional<byte[]>> wait) {
        this.standIn = standIn;
        this.wait = wait;
    }

    /** Submits the look-up. The random key is drawn before it, so that it is drawn in every handshake. */
    static PskLookup start(HandshakeContext context, PskSource source, PskIdentity identity) {
        byte[] standIn = new byte[standInLength(source)];
        context.config().random().nextBytes(standIn);
        String serverName = context.negotiated().serverName();
        return new PskLookup(
                standIn,
                context.startWait(
                        SuspensionKind.PSK_LOOKUP,
                        (Optional<byte[]> late) -> late.ifPresent(Wipe::bytes),
                        (waker, deadline) -> source.start(new PskRequest(identity, serverName, deadline), waker)));
    }

    /** The key, the caller's to wipe: the client's, or the random one after any failure. */
    byte[] key(HandshakeContext context) {
        Progress<Optional<byte[]>> answer = wait.answer();
        context.endWait();
        byte[] key = answer instanceof Progress.Done<Optional<byte[]>> done
                ? done.value().orElse(null)
                : null;
        if (answer instanceof Progress.Failed<Optional<byte[]>> failed) {
            failure = failed.cause();
        } else if (key == null) {
            failure = new OperationException(Reason.KEY_UNAVAILABLE, "there is no pre-shared key of this identity");
        } else if (key.length == 0 || key.length > PskSource.MAX_KEY_LENGTH) {
            failure = new OperationException(Reason.INVALID_OUTPUT, "a pre-shared key of " + key.length + " bytes");
            Wipe.bytes(key);
            key = null;
        }
        if (key == null) {
            return standIn.clone();
        }
        return key;
    }

    /** Tells a local listener what was masked; only for when the Finished check is over. */
    void report(ConnectionObserver observer) {
        Throwable masked = failure;
        if (masked != null) {
            failure = null;
            observer.onOperationFailed(SuspensionKind.PSK_LOOKUP, masked);
        }
    }

    void wipe() {
        Wipe.bytes(standIn);
    }

    private static int standInLength(PskSource source) {
        int length = source.standInLength();
        return length < 1 || length > PskSource.MAX_KEY_LENGTH ? 32 : length;
    }
}
