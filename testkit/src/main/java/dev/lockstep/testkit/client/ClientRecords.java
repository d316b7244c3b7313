package dev.lockstep.testkit.client;

import dev.lockstep.testkit.util.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The client's sending side: cuts content into records, protects them and keeps them until they are delivered. */
final class ClientRecords {

    private final List<byte[]> waiting = new ArrayList<>();
    private byte[] packed = {};
    private @Nullable ClientCipher cipher;

    /** The longest fragment of a handshake record. */
    int fragmentLength = 1 << 14;

    /** Whether consecutive handshake messages share a record. */
    boolean packing;

    /** Application data that goes out behind the next handshake record; null for none. */
    byte @Nullable [] interleaved;

    /** Is told of each record. */
    RecordTrace trace = RecordTrace.NONE;

    /** The version in the header of each record. */
    int version = 0x0303;

    /** The cipher in use; there is none before ChangeCipherSpec. */
    ClientCipher cipher() {
        return Objects.requireNonNull(cipher, "nothing is protected yet");
    }

    void protectWith(ClientCipher next) {
        flushPacked();
        cipher = next;
    }

    void handshake(byte[] message) {
        packed = Bytes.concat(packed, message);
        if (!packing) {
            flushPacked();
        }
    }

    /** One record of any type, protected as everything now is. */
    void record(int type, byte[] content) {
        flushPacked();
        seal(type, content);
    }

    /** Bytes as they stand. */
    void raw(byte[] bytes) {
        flushPacked();
        waiting.add(bytes);
    }

    /** The last record once more under another form. */
    byte[] takeLast() {
        flushPacked();
        return waiting.remove(waiting.size() - 1);
    }

    boolean hasAny() {
        return packed.length > 0 || !waiting.isEmpty();
    }

    List<byte[]> takeAll() {
        flushPacked();
        List<byte[]> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    private void flushPacked() {
        byte[] content = packed;
        packed = new byte[0];
        for (int at = 0; at < content.length; at += fragmentLength) {
            seal(22, Bytes.slice(content, at, Math.min(fragmentLength, content.length - at)));
            if (interleaved != null) {
                byte[] data = interleaved;
                interleaved = null;
                seal(23, data);
            }
        }
    }

    private void seal(int type, byte[] content) {
        byte[] fragment = cipher == null ? content : cipher.seal(type, version, content);
        byte[] record = Bytes.concat(Bytes.u8(type), Bytes.u16(version), Bytes.u16(fragment.length), fragment);
        trace.onRecord(true, record, content);
        waiting.add(record);
    }
}
