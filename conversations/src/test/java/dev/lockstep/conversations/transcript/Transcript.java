package dev.lockstep.conversations.transcript;

import dev.lockstep.testkit.client.RecordTrace;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What happens in one conversation, in order: the records of both sides, the waits of the server, and the rows of the
 * table that it takes.
 */
final class Transcript implements RecordTrace, ConnectionObserver {

    static final int CHANGE_CIPHER_SPEC = 20;
    static final int ALERT = 21;
    static final int HANDSHAKE = 22;
    static final int APPLICATION_DATA = 23;

    /** Something that happened on the wire or to the server. */
    sealed interface Event permits Record, Wait {}

    /** A record and the content that its fragment has under the protection. */
    @SuppressWarnings("ArrayRecordComponent")
    record Record(boolean fromClient, byte[] bytes, byte[] content) implements Event {

        int type() {
            return bytes[0];
        }

        byte[] fragment() {
            return Bytes.slice(bytes, 5, bytes.length - 5);
        }

        boolean isProtected() {
            return !Arrays.equals(fragment(), content);
        }

        /** The handshake messages in the record, with their headers; what else it holds as one. */
        List<byte[]> messages() {
            if (type() != HANDSHAKE) {
                return List.of(content);
            }
            List<byte[]> messages = new ArrayList<>();
            for (int at = 0; at < content.length; ) {
                int length = 4 + Bytes.readNumber(content, at + 1, 3);
                messages.add(Bytes.slice(content, at, length));
                at += length;
            }
            return messages;
        }
    }

    /** The server waits for an answer from outside. */
    record Wait(SuspensionKind kind, String state) implements Event {}

    /** A row of the table that was taken. */
    record Row(String from, String event, String to) {}

    private final List<Event> events = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();

    @Override
    public void onRecord(boolean fromClient, byte[] record, byte[] content) {
        events.add(new Record(fromClient, record, content));
    }

    @Override
    public void onSuspend(Suspension suspension) {
        events.add(new Wait(suspension.kind(), rows.get(rows.size() - 1).to()));
    }

    @Override
    public void onTransition(String from, String event, String to) {
        rows.add(new Row(from, event, to));
    }

    List<Event> events() {
        return events;
    }

    /** The rows that were taken; the list may be emptied from the front while events are matched with them. */
    List<Row> rows() {
        return new ArrayList<>(rows);
    }

    /** The RFC's name of a handshake message or of what else a record holds. */
    static String name(int contentType, byte[] message) {
        return switch (contentType) {
            case CHANGE_CIPHER_SPEC -> "ChangeCipherSpec";
            case ALERT -> "Alert";
            case APPLICATION_DATA -> "Application Data";
            default ->
                switch (message[0]) {
                    case 0 -> "HelloRequest";
                    case 1 -> "ClientHello";
                    case 2 -> "ServerHello";
                    case 4 -> "NewSessionTicket";
                    case 11 -> "Certificate";
                    case 12 -> "ServerKeyExchange";
                    case 13 -> "CertificateRequest";
                    case 14 -> "ServerHelloDone";
                    case 15 -> "CertificateVerify";
                    case 16 -> "ClientKeyExchange";
                    case 20 -> "Finished";
                    case 22 -> "CertificateStatus";
                    default -> throw new AssertionError("handshake type " + message[0]);
                };
        };
    }
}
