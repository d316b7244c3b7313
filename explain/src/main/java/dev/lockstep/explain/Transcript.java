package dev.lockstep.explain;

import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens in one conversation, in order: the records of both sides, the waits of the server, and the rows of the
 * table that it takes. For the thread that drives the connection.
 */
public final class Transcript implements ConnectionObserver {

    /** The content type of ChangeCipherSpec. */
    public static final int CHANGE_CIPHER_SPEC = 20;

    /** The content type of alerts. */
    public static final int ALERT = 21;

    /** The content type of handshake messages. */
    public static final int HANDSHAKE = 22;

    /** The content type of application data. */
    public static final int APPLICATION_DATA = 23;

    static final int HEADER = 5;
    private static final int MESSAGE_HEADER = 4;

    /** Something that happened on the wire or to the server. */
    public sealed interface Event permits WireRecord, Wait {}

    /**
     * A record and the content that its fragment has under the protection.
     *
     * @param bytes header and fragment as they go over the wire
     * @param content the plaintext; null where it is protected and was not opened
     * @param isPart whether the content is not made of whole handshake messages
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record WireRecord(boolean fromClient, byte[] bytes, byte @Nullable [] content, boolean isPart)
            implements Event {

        /** Returns the content type. */
        public int type() {
            return bytes[0];
        }

        byte[] fragment() {
            return Arrays.copyOfRange(bytes, HEADER, bytes.length);
        }

        /** Tells whether the fragment is encrypted. */
        public boolean isProtected() {
            return !Arrays.equals(fragment(), content);
        }

        /** The handshake messages in the record, with their headers; what else it holds as one; none if it was not opened. */
        public List<byte[]> messages() {
            byte[] opened = content;
            if (opened == null || isPart) {
                return List.of();
            }
            if (type() != HANDSHAKE) {
                return List.of(opened);
            }
            List<byte[]> messages = new ArrayList<>();
            for (int at = 0; at < opened.length; ) {
                int length = MESSAGE_HEADER + Bytes.number(opened, at + 1, 3);
                messages.add(Arrays.copyOfRange(opened, at, at + length));
                at += length;
            }
            return messages;
        }

        /** The RFC's names of what is inside. */
        public List<String> names() {
            if (isPart) {
                return List.of("a part of a handshake message");
            }
            if (content == null) {
                // After ChangeCipherSpec a first handshake has one message more in each direction.
                return List.of(type() == HANDSHAKE ? "Finished" : name(type(), new byte[1]));
            }
            return messages().stream().map(message -> name(type(), message)).toList();
        }
    }

    /** The server waits for an answer from outside. */
    public record Wait(SuspensionKind kind, String state) implements Event {}

    /** A row of the table that was taken. */
    record Row(String from, String event, String to) {}

    private final List<Event> events = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();

    /** Takes a record whose content is made of whole messages. */
    public void onRecord(boolean fromClient, byte[] record, byte @Nullable [] content) {
        add(new WireRecord(fromClient, record, content, false));
    }

    void add(WireRecord record) {
        events.add(record);
    }

    @Override
    public void onSuspend(Suspension suspension) {
        events.add(new Wait(suspension.kind(), state()));
    }

    @Override
    public void onTransition(String from, String event, String to) {
        rows.add(new Row(from, event, to));
    }

    /** Returns what has happened so far. */
    public List<Event> events() {
        return List.copyOf(events);
    }

    /** The rows taken so far. */
    List<Row> rows() {
        return rows;
    }

    /** The state that the server is in. */
    String state() {
        return rows.isEmpty() ? "READ_CLIENT_HELLO" : rows.get(rows.size() - 1).to();
    }

    /** Tells whether the handshake continues an earlier session. */
    boolean isResumed() {
        return rows.stream().anyMatch(row -> row.to().startsWith("RESUME_"));
    }

    /** The RFC's name of a handshake message or of what else a record holds. */
    private static String name(int contentType, byte[] message) {
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
                    default -> "unknown handshake message";
                };
        };
    }
}
