package dev.lockstep.interop;

import dev.lockstep.interop.Peer.Resumption;
import java.util.List;

/**
 * One connection as the server's {@code --trace} tells it.
 *
 * @param lines what was printed of it, in order, without its number
 */
record TracedConnection(List<String> lines) {
    /** Whether the handshake came to its end. */
    boolean isEstablished() {
        return reached("CONNECTED");
    }

    /** Whether close_notify was received and sent. */
    boolean isClosedInOrder() {
        return lines.stream().anyMatch(line -> line.startsWith("CLOSED  in good order"));
    }

    boolean isClosed() {
        return lines.stream().anyMatch(line -> line.startsWith("CLOSED "));
    }

    /** How many signatures and decryptions the private key was asked for. */
    long keyOperations() {
        return count("-> AWAIT_SIGNATURE") + count("-> AWAIT_DECRYPTION");
    }

    /** How often the handshake was suspended until the private key answered. */
    long waitsForTheKey() {
        return lines.stream()
                .filter(line -> line.startsWith("SUSPEND SIGN:") || line.startsWith("SUSPEND DECRYPT:"))
                .count();
    }

    /** Whether it went on with an earlier session that the server knew again in this way. */
    boolean resumedBy(Resumption resumption) {
        String from =
                switch (resumption) {
                    case ID -> "AWAIT_SESSION";
                    case TICKET -> "AWAIT_TICKET";
                };
        return count("STATE   " + from + " -- ANSWER -> RESUME_SERVER_HELLO") == 1;
    }

    boolean isResumed() {
        return reached("RESUME_SERVER_HELLO");
    }

    /** Whether the client's certificate was judged and the client showed that it has the key. */
    boolean isClientAuthenticated() {
        return reached("AWAIT_VERDICT")
                && count("STATE   READ_CERTIFICATE_VERIFY -- CERTIFICATE_VERIFY -> READ_CHANGE_CIPHER_SPEC") == 1;
    }

    private boolean reached(String state) {
        return count("-> " + state) > 0;
    }

    private long count(String transition) {
        return lines.stream()
                .filter(line -> line.startsWith("STATE ") && line.endsWith(transition))
                .count();
    }
}
