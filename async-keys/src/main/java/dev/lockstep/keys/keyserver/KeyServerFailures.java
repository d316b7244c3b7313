package dev.lockstep.keys.keyserver;

import dev.lockstep.keys.keyserver.protocol.Message.Failure;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;

/** What a key server's refusals mean to a connection. */
final class KeyServerFailures {

    private KeyServerFailures() {}

    static OperationException of(Failure failure) {
        return switch (failure) {
            case UNSUPPORTED -> new OperationException(Reason.UNSUPPORTED, "the key server: the key cannot do that");
            case KEY_UNAVAILABLE ->
                new OperationException(
                        Reason.KEY_UNAVAILABLE, "the key server: no such key, or its device is out of reach");
            case REJECTED ->
                new OperationException(
                        Reason.REJECTED,
                        "the key server: refused by its policy (DHE needs 'keyserver --allow-dhe'), its rate limit or"
                                + " a full queue");
            case TIMED_OUT -> new OperationException(Reason.TIMED_OUT, "the key server: the deadline passed first");
            case CANCELLED -> new OperationException(Reason.KEY_UNAVAILABLE, "the key server: cancelled");
            case FAILED -> new OperationException(Reason.KEY_UNAVAILABLE, "the key server: the key's device failed");
        };
    }
}
