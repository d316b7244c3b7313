package dev.lockstep.conversations.oracle;

import dev.lockstep.testkit.ServerSide;
import dev.lockstep.tls.ConnectionInfo;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What is recorded of a conversation.
 *
 * @param sequence the words of the journal, and what the application is told in the end
 * @param digest the first eight bytes of the SHA-256 of all that the server sent, records and all
 */
record Outcome(String sequence, String digest) {

    static Outcome of(Journal journal, ServerSide server, boolean greeted) {
        StringBuilder text = new StringBuilder(journal.text());
        if (server.failure() != null) {
            text.append(" failed");
        } else if (!server.connection().isClosed()) {
            text.append(" open");
        }
        if (greeted) {
            ConnectionInfo info = server.connection().info();
            text.append(info.resumed() ? " resumed" : "")
                    .append(info.peerCertificates().isEmpty() ? "" : " known")
                    .append(info.pskIdentity() == null ? "" : " psk");
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(server.bytesSent());
            return new Outcome(text.toString(), HexFormat.of().formatHex(Arrays.copyOf(digest, 8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
