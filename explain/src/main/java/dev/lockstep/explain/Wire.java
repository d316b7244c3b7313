package dev.lockstep.explain;

import dev.lockstep.explain.Transcript.WireRecord;
import java.util.Arrays;

/**
 * One direction of a connection: cuts the bytes into records for a {@link Transcript}. What comes after ChangeCipherSpec is
 * protected and stays closed. Holds at most one record that is not complete.
 */
public final class Wire {

    private final Transcript transcript;
    private final boolean fromClient;
    private byte[] pending = {};
    private boolean isProtected;
    private final byte[] header = new byte[4];
    private int headerLength;
    /** Bytes of the message under way that have not come yet. */
    private int missing;

    public Wire(Transcript transcript, boolean fromClient) {
        this.transcript = transcript;
        this.fromClient = fromClient;
    }

    /** Takes bytes as they go over the wire, of any length. */
    public void pass(byte[] bytes) {
        int held = pending.length;
        byte[] all = Arrays.copyOf(pending, held + bytes.length);
        System.arraycopy(bytes, 0, all, held, bytes.length);
        int at = 0;
        while (all.length - at >= Transcript.HEADER) {
            int length = Transcript.HEADER + Bytes.number(all, at + 3, 2);
            if (all.length - at < length) {
                break;
            }
            record(Arrays.copyOfRange(all, at, at + length));
            at += length;
        }
        pending = Arrays.copyOfRange(all, at, all.length);
    }

    private void record(byte[] record) {
        byte[] content = isProtected ? null : Arrays.copyOfRange(record, Transcript.HEADER, record.length);
        boolean isPart = content != null && record[0] == Transcript.HANDSHAKE && follow(content);
        transcript.add(new WireRecord(fromClient, record, content, isPart));
        isProtected |= record[0] == Transcript.CHANGE_CIPHER_SPEC;
    }

    /** Follows handshake messages from record to record: whether one of them has a part in another record. */
    private boolean follow(byte[] content) {
        boolean isPart = missing > 0 || headerLength > 0;
        for (int at = 0; at < content.length; ) {
            if (missing > 0) {
                int taken = Math.min(missing, content.length - at);
                at += taken;
                missing -= taken;
            } else {
                header[headerLength++] = content[at++];
                if (headerLength == header.length) {
                    missing = Bytes.number(header, 1, 3);
                    headerLength = 0;
                }
            }
        }
        return isPart || missing > 0 || headerLength > 0;
    }
}
