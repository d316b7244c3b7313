package dev.lockstep.tls.internal.record;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.ContentType;

/**
 * Counts what a peer sends without getting anywhere: each such record costs it little and us a decryption, and there is no
 * end to them.
 */
public final class RecordLimits {
    private final int maxEmptyRecords;
    private final int maxWarningAlerts;
    private int emptyRecords;
    private int warningAlerts;

    /**
     * Limits for one connection.
     *
     * @param maxEmptyRecords empty records in a row that are borne, of whatever content types
     * @param maxWarningAlerts warning alerts that are borne with nothing but alerts and empty records between them
     */
    public RecordLimits(int maxEmptyRecords, int maxWarningAlerts) {
        this.maxEmptyRecords = maxEmptyRecords;
        this.maxWarningAlerts = maxWarningAlerts;
    }

    /**
     * Called for every record opened.
     *
     * @param length of its plaintext
     * @throws FatalAlert unexpected_message
     */
    public void onRecord(ContentType type, int length) {
        if (length == 0) {
            // RFC 5246 6.2.1: "Implementations MUST NOT send zero-length fragments of Handshake, Alert, or
            // ChangeCipherSpec content types. Zero-length fragments of Application data MAY be sent as they are
            // potentially useful as a traffic analysis countermeasure."
            // Nothing says that a receiver must object, so all are borne, and all are counted.
            if (++emptyRecords > maxEmptyRecords) {
                throw FatalAlert.unexpectedMessage("more than " + maxEmptyRecords + " empty records in a row");
            }
            return;
        }
        emptyRecords = 0;
        if (type != ContentType.ALERT) {
            warningAlerts = 0;
        }
    }

    /** Whether one more warning alert would still be borne. */
    public boolean bearsAnotherWarning() {
        return warningAlerts < maxWarningAlerts;
    }

    /**
     * Called for every warning alert that changes nothing.
     *
     * @throws FatalAlert unexpected_message
     */
    public void onWarningAlert() {
        if (++warningAlerts > maxWarningAlerts) {
            throw FatalAlert.unexpectedMessage("more than " + maxWarningAlerts + " warning alerts in a row");
        }
    }
}
