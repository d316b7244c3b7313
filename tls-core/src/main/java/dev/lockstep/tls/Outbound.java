package dev.lockstep.tls;

import dev.lockstep.tls.internal.handshake.phase.HandshakeOutput;
import dev.lockstep.tls.internal.record.Protection;
import dev.lockstep.tls.internal.record.RecordHeader;
import dev.lockstep.tls.internal.record.RecordWriter;
import dev.lockstep.tls.internal.secrets.KeyBlock;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.AlertLevel;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ContentType;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What the connection sends besides application data: kept in order until the caller's buffer has room, and no longer.
 * RFC 5246 6.2.1-3: "records MUST be delivered to the network in the same order as they are protected by the record
 * layer."
 */
final class Outbound implements HandshakeOutput {

    /** {@code next} is the write state that becomes current behind a ChangeCipherSpec, with the limit that goes with it. */
    private record Pending(
            ContentType type, ByteBuffer content, @Nullable Protection next, int nextLimit) {}

    private final RecordWriter writer = new RecordWriter();
    private final SecureRandom random;
    private final long maxRecordsPerKey;
    private final Inbound inbound;
    private @Nullable ArrayDeque<Pending> queue;
    private @Nullable Protection pendingWriteState;
    private @Nullable Protection pendingReadState;
    private final int maxSentRecord;
    private int pendingWriteLimit;
    private int pendingReadLimit = RecordHeader.MAX_PLAINTEXT;
    private boolean last;

    Outbound(SecureRandom random, Inbound inbound, long maxRecordsPerKey, int maxSentRecord) {
        this.maxSentRecord = maxSentRecord;
        this.pendingWriteLimit = maxSentRecord;
        writer.limitPlaintext(maxSentRecord);
        this.random = random;
        this.maxRecordsPerKey = maxRecordsPerKey;
        this.inbound = inbound;
    }

    @Override
    public void sendMessage(byte[] encoded) {
        enqueue(ContentType.HANDSHAKE, encoded);
    }

    @Override
    public void sendChangeCipherSpec() {
        if (pendingWriteState == null) {
            throw new IllegalStateException("no pending write state");
        }
        enqueue(new Pending(
                ContentType.CHANGE_CIPHER_SPEC, ByteBuffer.wrap(new byte[] {1}), pendingWriteState, pendingWriteLimit));
        pendingWriteState = null;
        pendingWriteLimit = maxSentRecord;
    }

    @Override
    public void sendWarning(AlertDescription description) {
        sendAlert(AlertLevel.WARNING, description);
    }

    void sendAlert(AlertLevel level, AlertDescription description) {
        enqueue(ContentType.ALERT, new byte[] {(byte) level.code(), (byte) description.code()});
    }

    @Override
    public void preparePendingStates(CipherSuite suite, KeyBlock keys, boolean encryptThenMac) {
        destroyPendingStates();
        pendingReadState = Protection.opening(
                suite, keys.clientWriteMacKey(), keys.clientWriteKey(), keys.clientWriteIv(), encryptThenMac);
        pendingWriteState = Protection.sealing(
                suite, keys.serverWriteMacKey(), keys.serverWriteKey(), keys.serverWriteIv(), encryptThenMac, random);
        pendingReadState.limitKeyUse(maxRecordsPerKey);
        pendingWriteState.limitKeyUse(maxRecordsPerKey);
    }

    @Override
    public void activateReadState() {
        if (pendingReadState == null) {
            throw new IllegalStateException("no pending read state");
        }
        inbound.changeProtection(pendingReadState, pendingReadLimit);
        pendingReadState = null;
        pendingReadLimit = RecordHeader.MAX_PLAINTEXT;
    }

    @Override
    public void limitFragments(int limit) {
        limitProtectedRecords(limit, limit);
        writer.limitPlaintext(Math.min(limit, maxSentRecord));
        if (inbound.isUnprotected()) {
            // what comes under the keys of an earlier handshake may have been sent before the peer heard of the limit
            inbound.limitPlaintext(limit);
        }
    }

    @Override
    public void limitProtectedRecords(int sent, int received) {
        pendingWriteLimit = Math.min(sent, maxSentRecord);
        pendingReadLimit = received;
    }

    /** Whether the key that seals records is all but used up. */
    boolean isKeyNearLimit() {
        return writer.protection().isNearLimit();
    }

    /**
     * Moves what is waiting to {@code netOut}.
     *
     * @return whether nothing is left
     */
    boolean flush(ByteBuffer netOut) {
        while (queue != null) {
            Pending first = queue.element();
            writer.write(first.type, first.content, netOut);
            if (first.content.hasRemaining()) {
                return false;
            }
            queue.remove();
            // RFC 5246 7.1-1, 7.1-2: "Immediately after sending this message, the sender MUST instruct the record layer
            // to make the write pending state the write active state."
            if (first.next != null) {
                writer.changeProtection(first.next, first.nextLimit);
            }
            if (queue.isEmpty()) {
                queue = null;
            }
        }
        if (last) {
            writer.destroy();
        }
        return true;
    }

    /** Seals application data straight from {@code appIn} to {@code netOut}; nothing may be waiting. */
    void write(ByteBuffer appIn, ByteBuffer netOut) {
        writer.write(ContentType.APPLICATION_DATA, appIn, netOut);
    }

    boolean isEmpty() {
        return queue == null;
    }

    /** Nothing that waits is sent any more; an alert queued after this is the last record, then the keys are cleared. */
    void finishWith(@Nullable AlertLevel level, @Nullable AlertDescription description) {
        if (last) {
            return; // close_notify was the last word already
        }
        dropQueue();
        // RFC 7507 3-2: "The record layer version number for this alert MUST be set to either
        // ClientHello.client_version
        // [...] or to the record layer version number used by the client."
        if (description == AlertDescription.INAPPROPRIATE_FALLBACK) {
            writer.plaintextVersion(inbound.recordVersion());
        }
        if (level != null && description != null) {
            sendAlert(level, description);
        }
        last = true;
        destroyPendingStates();
        if (queue == null) {
            writer.destroy();
        }
    }

    private void dropQueue() {
        if (queue != null) {
            for (Pending dropped : queue) {
                if (dropped.next != null) {
                    dropped.next.destroy();
                }
            }
            queue = null;
        }
    }

    private void destroyPendingStates() {
        if (pendingReadState != null) {
            pendingReadState.destroy();
            pendingReadState = null;
        }
        if (pendingWriteState != null) {
            pendingWriteState.destroy();
            pendingWriteState = null;
        }
    }

    private void enqueue(ContentType type, byte[] content) {
        enqueue(new Pending(type, ByteBuffer.wrap(content), null, 0));
    }

    private void enqueue(Pending pending) {
        if (queue == null) {
            queue = new ArrayDeque<>(4);
        }
        queue.add(pending);
    }
}
