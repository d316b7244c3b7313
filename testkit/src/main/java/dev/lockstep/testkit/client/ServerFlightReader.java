package dev.lockstep.testkit.client;

import dev.lockstep.testkit.util.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes the server's bytes apart: records, and the handshake messages in them. */
final class ServerFlightReader {

    private final Consumer<Seen> messages;
    private RecordTrace trace = RecordTrace.NONE;
    private int plaintextAlertVersion = 0x0303;
    private final List<RecordSeen> records = new ArrayList<>();
    private final List<Plaintext> plaintexts = new ArrayList<>();
    private byte[] unread = {};
    private byte[] handshake = {};
    private @Nullable ClientCipher cipher;

    /** How much a record held. */
    record Plaintext(int type, boolean isProtected, int length) {}

    ServerFlightReader(Consumer<Seen> messages) {
        this.messages = messages;
    }

    List<Plaintext> plaintexts() {
        return plaintexts;
    }

    void trace(RecordTrace next) {
        trace = next;
    }

    /** From now on alerts without protection have to be of this version. */
    void plaintextAlertVersion(int version) {
        plaintextAlertVersion = version;
    }

    List<RecordSeen> records() {
        return records;
    }

    /** Everything after the server's ChangeCipherSpec opens with this cipher. */
    void expect(ClientCipher next) {
        cipher = next;
    }

    boolean isProtected() {
        return cipher != null;
    }

    /** Whether the bytes so far end with a whole record and a whole message. */
    boolean isComplete() {
        return unread.length == 0 && handshake.length == 0;
    }

    void take(byte[] bytes) {
        unread = Bytes.concat(unread, bytes);
        while (unread.length >= 5) {
            int type = unread[0];
            int version = Bytes.readNumber(unread, 1, 2);
            int length = Bytes.readNumber(unread, 3, 2);
            if (unread.length < 5 + length) {
                return;
            }
            byte[] header = Bytes.slice(unread, 0, 5);
            byte[] fragment = Bytes.slice(unread, 5, length);
            unread = Bytes.slice(unread, 5 + length, unread.length - 5 - length);
            records.add(new RecordSeen(type, version, length));
            record(type, version, header, fragment);
        }
    }

    private void record(int type, int version, byte[] header, byte[] fragment) {
        require(
                version == (type == 21 && cipher == null ? plaintextAlertVersion : 0x0303),
                "a record of version " + Integer.toHexString(version));
        byte[] plaintext = cipher == null ? fragment : cipher.open(type, version, fragment);
        trace.onRecord(false, Bytes.concat(header, fragment), plaintext);
        plaintexts.add(new Plaintext(type, cipher != null, plaintext.length));
        require(plaintext.length <= 1 << 14, "a record of " + plaintext.length + " bytes");
        // A server that gives up does not finish a message first; nothing else may come in between.
        require(
                type == 22 || type == 21 || handshake.length == 0,
                "record type " + type + " inside a handshake message");
        switch (type) {
            case 20 -> {
                require(plaintext.length == 1 && plaintext[0] == 1, "a ChangeCipherSpec of other content");
                messages.accept(new Seen(Seen.Kind.CHANGE_CIPHER_SPEC, plaintext));
            }
            case 21 -> {
                require(plaintext.length == 2, "an alert of " + plaintext.length + " bytes");
                messages.accept(new Seen(Seen.Kind.ALERT, plaintext));
            }
            case 22 -> {
                require(plaintext.length > 0, "an empty handshake record");
                handshake = Bytes.concat(handshake, plaintext);
                join();
            }
            case 23 -> messages.accept(new Seen(Seen.Kind.APPLICATION_DATA, plaintext));
            default -> throw new AssertionError("the server sent record type " + type);
        }
    }

    private void join() {
        while (handshake.length >= 4 && handshake.length >= 4 + Bytes.readNumber(handshake, 1, 3)) {
            int length = 4 + Bytes.readNumber(handshake, 1, 3);
            byte[] message = Bytes.slice(handshake, 0, length);
            handshake = Bytes.slice(handshake, length, handshake.length - length);
            messages.accept(new Seen(Seen.Kind.ofHandshake(message[0]), message));
        }
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError("the server sent " + otherwise);
        }
    }
}
