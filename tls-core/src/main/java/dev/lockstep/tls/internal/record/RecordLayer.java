package dev.lockstep.tls.internal.record;

import org.jspecify.annotations.Nullable;

/**
 * The record layer of one connection: its current states for reading and writing, and the pending ones that the next
 * ChangeCipherSpec of either side makes current (RFC 5246 section 6.1).
 */
public final class RecordLayer {

    /** A write state on its way: it becomes current behind the ChangeCipherSpec that announces it. */
    public record WriteState(Protection protection, int plaintextLimit) {}

    private final RecordReader reader;
    private final RecordWriter writer = new RecordWriter();
    private final long maxRecordsPerKey;
    private final int maxSentRecord;
    private @Nullable Protection pendingRead;
    private @Nullable Protection pendingWrite;
    private int pendingReadLimit = RecordHeader.MAX_PLAINTEXT;
    private int pendingWriteLimit;

    /**
     * A record layer without protection.
     *
     * @param limits what the peer may send in a row
     * @param maxRecordsPerKey how many records a key may protect in one direction
     * @param maxSentRecord the most plaintext that is sent in one record, in bytes, 1 to 2^14
     */
    public RecordLayer(RecordLimits limits, long maxRecordsPerKey, int maxSentRecord) {
        this.reader = new RecordReader(limits);
        this.maxRecordsPerKey = maxRecordsPerKey;
        this.maxSentRecord = maxSentRecord;
        this.pendingWriteLimit = maxSentRecord;
        writer.limitPlaintext(maxSentRecord);
    }

    public RecordReader reader() {
        return reader;
    }

    public RecordWriter writer() {
        return writer;
    }

    /** Makes the pending states, in the place of any that were made before. */
    public void prepare(Protection opening, Protection sealing) {
        destroyPending();
        opening.limitKeyUse(maxRecordsPerKey);
        sealing.limitKeyUse(maxRecordsPerKey);
        pendingRead = opening;
        pendingWrite = sealing;
    }

    /** Makes the pending read state current: the peer's ChangeCipherSpec was accepted. */
    public void activateReadState() {
        if (pendingRead == null) {
            throw new IllegalStateException("no pending read state");
        }
        reader.changeProtection(pendingRead, pendingReadLimit);
        pendingRead = null;
        pendingReadLimit = RecordHeader.MAX_PLAINTEXT;
    }

    /** Takes the pending write state, to be passed to {@link #activate} once ChangeCipherSpec is written. */
    public WriteState takeWriteState() {
        if (pendingWrite == null) {
            throw new IllegalStateException("no pending write state");
        }
        WriteState state = new WriteState(pendingWrite, pendingWriteLimit);
        pendingWrite = null;
        pendingWriteLimit = maxSentRecord;
        return state;
    }

    /**
     * Makes a write state current. RFC 5246 7.1-1, 7.1-2: "Immediately after sending this message, the sender MUST instruct
     * the record layer to make the write pending state the write active state."
     */
    public void activate(WriteState state) {
        writer.changeProtection(state.protection, state.plaintextLimit);
    }

    /** Limits the plaintext of records now and under the pending states (RFC 6066 section 4). */
    public void limitFragments(int limit) {
        limitProtectedRecords(limit, limit);
        writer.limitPlaintext(Math.min(limit, maxSentRecord));
        if (reader.protection() == Protection.none()) {
            // what comes under the keys of an earlier handshake may have been sent before the peer heard of the limit
            reader.limitPlaintext(limit);
        }
    }

    /** Limits the plaintext of records under the pending states (RFC 8449 section 4). */
    public void limitProtectedRecords(int sent, int received) {
        pendingWriteLimit = Math.min(sent, maxSentRecord);
        pendingReadLimit = received;
    }

    /** Tells whether one of the keys in use is all but used up. */
    public boolean isKeyNearLimit() {
        return writer.protection().isNearLimit() || reader.protection().isNearLimit();
    }

    /** Destroys the pending states. */
    public void destroyPending() {
        if (pendingRead != null) {
            pendingRead.destroy();
            pendingRead = null;
        }
        if (pendingWrite != null) {
            pendingWrite.destroy();
            pendingWrite = null;
        }
    }
}
