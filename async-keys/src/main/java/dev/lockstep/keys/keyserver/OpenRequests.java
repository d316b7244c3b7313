package dev.lockstep.keys.keyserver;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.ProtocolException;
import dev.lockstep.tls.wait.OperationException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What a key server was asked and has not answered, by the numbers of the requests. For one thread. */
final class OpenRequests {

    private final Map<Long, KeyServerOperation> open = new HashMap<>();

    /** Counts a request as open and hands it on; one that cannot be handed on is not open, since no answer will come. */
    void begin(KeyServerOperation operation, Runnable send) {
        open.put(operation.id, operation);
        boolean sent = false;
        try {
            send.run();
            sent = true;
        } finally {
            if (!sent) {
                open.remove(operation.id);
            }
        }
    }

    /**
     * Ends the request that a frame answers.
     *
     * @param verified whether the key server says that it verified its signatures
     * @throws ProtocolException when the frame answers nothing; what is open stays so
     */
    void answer(Frame frame, boolean verified) throws ProtocolException {
        KeyServerOperation operation = open.remove(frame.id());
        if (operation != null && frame.message() instanceof Message.Result result) {
            operation.complete(result.octets().bytes(), verified);
        } else if (operation != null && frame.message() instanceof Message.Failed failed) {
            operation.fail(KeyServerFailures.of(failed.failure()));
        } else {
            if (frame.message() instanceof Message.Result result) {
                Wipe.bytes(result.octets().bytes());
            }
            if (operation != null) {
                open.put(frame.id(), operation); // fails with the others
            }
            throw KeyServerFailures.refused("an answer is to nothing that was asked");
        }
    }

    /** Forgets a request that was not sent. */
    void remove(long id) {
        open.remove(id);
    }

    boolean contains(long id) {
        return open.containsKey(id);
    }

    int size() {
        return open.size();
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** The connection is lost: no answers will come. */
    void fail(Supplier<OperationException> cause) {
        List<KeyServerOperation> lost = List.copyOf(open.values());
        open.clear();
        lost.forEach(operation -> operation.fail(cause.get()));
    }
}
