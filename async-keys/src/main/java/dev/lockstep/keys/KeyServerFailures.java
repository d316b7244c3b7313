package dev.lockstep.keys;

import dev.lockstep.keys.protocol.Message.Failure;
import dev.lockstep.tls.wait.PrivateKeyException;
import dev.lockstep.tls.wait.PrivateKeyException.Reason;

/** What a key server's refusals mean to a connection. */
final class KeyServerFailures {

    private KeyServerFailures() {}

    static PrivateKeyException of(Failure failure) {
        return switch (failure) {
            case UNSUPPORTED -> new PrivateKeyException(Reason.UNSUPPORTED, "the key server: the key cannot do that");
            case KEY_UNAVAILABLE ->
                new PrivateKeyException(
                        Reason.KEY_UNAVAILABLE, "the key server: no such key, or its device is out of reach");
            case REJECTED ->
                new PrivateKeyException(
                        Reason.REJECTED, "the key server: refused by its policy, its rate limit or a full queue");
            case TIMED_OUT -> new PrivateKeyException(Reason.TIMED_OUT, "the key server: the deadline passed first");
            case CANCELLED -> new PrivateKeyException(Reason.KEY_UNAVAILABLE, "the key server: cancelled");
            case FAILED -> new PrivateKeyException(Reason.KEY_UNAVAILABLE, "the key server: the key's device failed");
        };
    }
}
