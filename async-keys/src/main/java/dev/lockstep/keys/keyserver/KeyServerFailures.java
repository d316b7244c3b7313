package dev.lockstep.keys.keyserver;

import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.Message.Failure;
import dev.lockstep.keys.keyserver.protocol.ProtocolException;
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

    /** The key server answered a hello with something else than a welcome. */
    static ProtocolException notWelcome(Message message) {
        if (!(message instanceof Message.Failed failed)) {
            return refused("its welcome is missing");
        }
        return new ProtocolException(
                failed.failure() == Message.Failure.UNSUPPORTED
                        ? "the key server does not speak versions " + Message.OLDEST_VERSION + " to " + Message.VERSION
                                + " of the protocol; update it"
                        : "the key server refuses this client: no key is for it, or it has no place left");
    }

    /** The key server sent what it must not. */
    static ProtocolException refused(String what) {
        return new ProtocolException("the key server breaks the protocol: " + what);
    }
}
