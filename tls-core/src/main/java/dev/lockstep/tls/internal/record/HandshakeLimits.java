package dev.lockstep.tls.internal.record;

import dev.lockstep.tls.internal.wire.FatalAlert;

/**
 * Counts what a peer sends in one handshake, in however small pieces: a fragment of one byte costs it little and us a
 * decryption.
 */
public final class HandshakeLimits {
    private final int maxRecords;
    private final int maxBytes;
    private int records;
    private long bytes;

    /**
     * Limits for each handshake of a connection.
     *
     * @param maxRecords records with fragments of handshake messages that are borne
     * @param maxBytes bytes of handshake messages that are borne, headers included
     */
    public HandshakeLimits(int maxRecords, int maxBytes) {
        this.maxRecords = maxRecords;
        this.maxBytes = maxBytes;
    }

    /**
     * Called for every fragment.
     *
     * @throws FatalAlert unexpected_message for a record or a byte too many: the limit is ours, and no error of encoding
     */
    public void onFragment(int length) {
        if (++records > maxRecords) {
            throw FatalAlert.unexpectedMessage("more than " + maxRecords + " records in one handshake");
        }
        bytes += length;
        if (bytes > maxBytes) {
            throw FatalAlert.unexpectedMessage("more than " + maxBytes + " bytes of messages in one handshake");
        }
    }

    /** No handshake is under way. */
    public void reset() {
        records = 0;
        bytes = 0;
    }
}
