package dev.lockstep.server.keyserver;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.Message.Failure;
import java.util.Locale;

/**
 * What became of a request.
 *
 * @param answer what the client is told
 * @param token what the log says
 */
record Outcome(Message answer, String token) {

    static Outcome done(byte[] result) {
        return new Outcome(new Message.Result(result), "ok");
    }

    static Outcome failed(Failure failure) {
        return new Outcome(
                new Message.Failed(failure), "failed:" + failure.name().toLowerCase(Locale.ROOT));
    }

    static Outcome refused(String by) {
        return new Outcome(new Message.Failed(Failure.REJECTED), "refused:" + by);
    }

    /** A key that is not for this client: the answer is that of a key that there is not, the log tells them apart. */
    static Outcome hidden() {
        return new Outcome(new Message.Failed(Failure.KEY_UNAVAILABLE), "refused:client");
    }

    /** The answer will not be sent. */
    void wipe() {
        if (answer instanceof Message.Result result) {
            Wipe.bytes(result.octets().bytes());
        }
    }
}
