package dev.lockstep.tls;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.handshake.phase.HandshakeOutput;
import dev.lockstep.tls.internal.record.Protection;
import dev.lockstep.tls.internal.record.RecordLayer;
import dev.lockstep.tls.internal.record.RecordLayer.WriteState;
import dev.lockstep.tls.internal.secrets.KeyBlock;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.AlertLevel;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ContentType;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What the connection sends besides application data: kept in order until the caller's buffer has room, and no longer.
 * RFC 5246 6.2.1-3: "records MUST be delivered to the network in the same order as they are protected by the record
 * layer."
 */
final class Outbound implements HandshakeOutput {

    /** {@code next} is the write state that becomes current behind a ChangeCipherSpec. */
    private record Pending(
            ContentType type, ByteBuffer content, @Nullable WriteState next) {}

    private final RecordLayer records;
    private final TlsServerConfig config;
    private @Nullable ArrayDeque<Pending> queue;
    private int queuedBytes;
    private boolean last;

    Outbound(RecordLayer records, TlsServerConfig config) {
        this.records = records;
        this.config = config;
    }

    @Override
    public void sendMessage(byte[] encoded) {
        enqueue(ContentType.HANDSHAKE, encoded);
    }

    @Override
    public void sendChangeCipherSpec() {
        enqueue(new Pending(ContentType.CHANGE_CIPHER_SPEC, ByteBuffer.wrap(new byte[] {1}), records.takeWriteState()));
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
        Protection opening = Protection.opening(
                suite,
                keys.clientWriteMacKey(),
                keys.clientWriteKey(),
                keys.clientWriteIv(),
                encryptThenMac,
                config.cryptoProviders().sources());
        try {
            records.prepare(
                    opening,
                    Protection.sealing(
                            suite,
                            keys.serverWriteMacKey(),
                            keys.serverWriteKey(),
                            keys.serverWriteIv(),
                            encryptThenMac,
                            config.random(),
                            config.cryptoProviders().sources()));
        } catch (RuntimeException | Error e) { // a provider's cipher without memory: nothing else knows of these keys
            opening.destroy();
            throw e;
        }
    }

    @Override
    public void activateReadState() {
        records.activateReadState();
    }

    @Override
    public void limitFragments(int limit) {
        records.limitFragments(limit);
    }

    @Override
    public void limitProtectedRecords(int sent, int received) {
        records.limitProtectedRecords(sent, received);
    }

    /**
     * Moves what is waiting to {@code netOut}. A last alert that cannot be sealed, because a provider or the random generator
     * fails, is dropped: the connection is over, and its end must not fail.
     *
     * @return whether nothing is left
     */
    boolean flush(ByteBuffer netOut) {
        try {
            return flushAll(netOut);
        } catch (Exception | Error e) {
            if (!last) {
                throw e;
            }
            abort();
            return true;
        }
    }

    private boolean flushAll(ByteBuffer netOut) {
        while (queue != null) {
            Pending first = queue.element();
            records.writer().write(first.type, first.content, netOut);
            if (first.content.hasRemaining()) {
                return false;
            }
            queue.remove();
            queuedBytes -= first.content.capacity();
            if (first.next != null) {
                records.activate(first.next);
            }
            if (queue.isEmpty()) {
                queue = null;
            }
        }
        if (last) {
            records.writer().destroy();
        }
        return true;
    }

    /**
     * Seals application data of several buffers in order. Small buffers share a record, so that what a gathering caller
     * hands over in pieces does not leave in pieces; a buffer that fills a record by itself is sealed without a copy.
     * Nothing may be waiting.
     *
     * @return whether everything is sealed
     */
    boolean write(ByteBuffer[] appIn, ByteBuffer netOut) {
        return records.writer().write(appIn, netOut);
    }

    /** Returns how many bytes of messages wait. */
    int heldBytes() {
        return queuedBytes;
    }

    boolean isEmpty() {
        return queue == null;
    }

    /** Nothing that waits is sent any more; an alert queued after this is the last record, then the keys are cleared. */
    void finishWith(@Nullable AlertLevel level, @Nullable AlertDescription description) {
        if (last) {
            return; // close_notify was the last word already
        }
        last = true;
        dropQueue();
        records.destroyPending();
        try {
            sendLast(level, description);
        } finally {
            if (queue == null) {
                records.writer().destroy();
            }
        }
    }

    private void sendLast(@Nullable AlertLevel level, @Nullable AlertDescription description) {
        // RFC 7507 3-2: "The record layer version number for this alert MUST be set to either
        // ClientHello.client_version
        // [...] or to the record layer version number used by the client."
        if (description == AlertDescription.INAPPROPRIATE_FALLBACK) {
            records.writer().plaintextVersion(records.reader().lastVersion());
        }
        if (level != null && description != null) {
            sendAlert(level, description);
        }
        // RFC 5246 7.2.2: "This alert should be followed by a close_notify."
        if (description == AlertDescription.USER_CANCELED) {
            sendAlert(AlertLevel.WARNING, AlertDescription.CLOSE_NOTIFY);
        }
    }

    /** Nothing that waits is sent any more, the last alert included, and no key is left. */
    void abort() {
        last = true;
        dropQueue();
        records.destroyPending();
        records.writer().destroy();
    }

    private void dropQueue() {
        if (queue != null) {
            for (Pending dropped : queue) {
                if (dropped.next != null) {
                    dropped.next.protection().destroy();
                }
            }
            queue = null;
            queuedBytes = 0;
        }
    }

    private void enqueue(ContentType type, byte[] content) {
        enqueue(new Pending(type, ByteBuffer.wrap(content), null));
    }

    private void enqueue(Pending pending) {
        if (queue == null) {
            queue = new ArrayDeque<>(4);
        }
        queue.add(pending);
        queuedBytes += pending.content.capacity();
    }
}
