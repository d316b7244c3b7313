package dev.lockstep.tls;

import dev.lockstep.tls.config.Bounds;
import dev.lockstep.tls.internal.record.AlertJoiner;
import dev.lockstep.tls.internal.record.HandshakeJoiner;
import dev.lockstep.tls.internal.record.HandshakeLimits;
import dev.lockstep.tls.internal.record.Protection;
import dev.lockstep.tls.internal.record.RecordHeader;
import dev.lockstep.tls.internal.record.RecordLimits;
import dev.lockstep.tls.internal.record.RecordReader;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.AlertLevel;
import dev.lockstep.tls.spec.ContentType;
import java.nio.ByteBuffer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Turns the peer's bytes into what the connection acts on: handshake messages, ChangeCipherSpec, alerts and records of
 * application data. Partial records stay in the caller's buffer.
 */
final class Inbound {

    /** What came. Alerts that change nothing are counted here and not reported. */
    enum Arrival {
        /** No whole record is there. */
        NOTHING,
        /** {@link #takeMessage} has a handshake message. */
        MESSAGE,
        CHANGE_CIPHER_SPEC,
        /** A whole record of application data stands at the buffer's position, unopened. */
        APPLICATION_DATA,
        CLOSE_NOTIFY,
        /** {@link #fatalAlert} says which. */
        FATAL_ALERT
    }

    private final RecordLimits limits;
    private final HandshakeLimits handshakeLimits;
    private final RecordReader reader;
    private long header = RecordHeader.INCOMPLETE;
    private final HandshakeJoiner messages;
    private final AlertJoiner alerts = new AlertJoiner();
    private @Nullable AlertDescription fatalAlert;

    Inbound(Bounds bounds, RecordLimits limits, RecordReader reader) {
        this.limits = limits;
        this.reader = reader;
        handshakeLimits = new HandshakeLimits(bounds.maxHandshakeRecords(), bounds.maxHandshakeBytes());
        messages = new HandshakeJoiner(HandshakeJoiner.bounds(bounds.maxClientHello(), bounds.maxHandshakeMessage()));
    }

    /** From ServerHello on, records are of version 3.3 only, but for alerts in the clear. */
    void fixVersion() {
        reader.fixVersion();
    }

    /** No handshake is under way: the next one is counted from its first byte, which may be here already. */
    void betweenHandshakes() {
        if (messages.isEmpty()) {
            handshakeLimits.reset();
        }
    }

    /** Goes through records until one means something. */
    Arrival next(ByteBuffer netIn) {
        while (true) {
            if (messages.hasMessage()) {
                return Arrival.MESSAGE;
            }
            header = reader.header(netIn);
            if (!reader.isComplete(header, netIn)) {
                return Arrival.NOTHING;
            }
            ContentType type = RecordHeader.type(header);
            requireWholeAlert(type);
            switch (type) {
                case HANDSHAKE -> {
                    ByteBuffer fragment = reader.open(header, netIn);
                    handshakeLimits.onFragment(fragment.remaining());
                    messages.append(fragment);
                }
                case CHANGE_CIPHER_SPEC -> {
                    requireChangeCipherSpec(reader.open(header, netIn));
                    return Arrival.CHANGE_CIPHER_SPEC;
                }
                case APPLICATION_DATA -> {
                    return Arrival.APPLICATION_DATA;
                }
                case ALERT -> {
                    Arrival arrival = onAlerts(reader.open(header, netIn));
                    if (arrival != Arrival.NOTHING) {
                        return arrival;
                    }
                }
            }
        }
    }

    /** Returns whether the next record, complete or not, is an alert. */
    boolean isAlertNext(ByteBuffer netIn) {
        return netIn.hasRemaining() && netIn.get(netIn.position()) == ContentType.ALERT.code();
    }

    /** What stands at the head of the input of a suspended connection, which takes nothing but alerts. */
    record Glance(Arrival arrival, @Nullable ContentType waiting) {}

    /**
     * Takes the alerts at the head of the input and says what waits behind them. In a renegotiation they are opened with the
     * keys in force, which change only behind what is left where it is. A record of no known type and the warning that is one
     * too many stay where they are and are refused after the wait: they came after the ClientHello, and how fast the key is must
     * not decide whether the flight that answers it comes first.
     */
    Glance glance(ByteBuffer netIn) {
        while (RecordHeader.isComplete(netIn)) {
            if (ContentType.of(RecordHeader.typeCode(RecordHeader.read(netIn))) == null) {
                break;
            }
            header = reader.header(netIn);
            boolean complete = reader.isComplete(header, netIn);
            ContentType type = RecordHeader.type(header);
            requireWholeAlert(type);
            if (type != ContentType.ALERT) {
                return new Glance(Arrival.NOTHING, type);
            }
            if (!complete || !limits.bearsAnotherWarning()) {
                break;
            }
            Arrival arrival = onAlerts(reader.open(header, netIn));
            if (arrival != Arrival.NOTHING) {
                return new Glance(arrival, null);
            }
        }
        return new Glance(Arrival.NOTHING, messages.isEmpty() ? null : ContentType.HANDSHAKE);
    }

    /**
     * Goes through the records of a suspended connection whose input has ended, up to an alert that ends it or to data, which
     * stays where it is. Handshake messages are dropped, since no handshake can be completed; behind ChangeCipherSpec there are
     * no keys to open anything.
     */
    Arrival nextAfterEnd(ByteBuffer netIn) {
        while (true) {
            header = reader.header(netIn);
            if (!reader.isComplete(header, netIn)) {
                return Arrival.NOTHING;
            }
            ContentType type = RecordHeader.type(header);
            requireWholeAlert(type);
            if (type == ContentType.APPLICATION_DATA) {
                return Arrival.APPLICATION_DATA;
            }
            if (type == ContentType.CHANGE_CIPHER_SPEC) {
                return Arrival.NOTHING;
            }
            ByteBuffer content = reader.open(header, netIn);
            Arrival arrival = type == ContentType.ALERT ? onAlerts(content) : Arrival.NOTHING;
            if (arrival != Arrival.NOTHING) {
                return arrival;
            }
        }
    }

    /**
     * Looks through what is here already, unread, for something out of order. Alerts are in order, and behind one that may
     * end the connection nothing counts; a record of no known type is refused when its turn comes.
     *
     * @param inOrder which other records may be here
     * @return the type of the first one that may not, of which a byte is enough; null when there is none
     * @throws FatalAlert if that one's header is complete, and no record may have it
     */
    @Nullable
    ContentType firstBehind(ByteBuffer netIn, Predicate<ContentType> inOrder) {
        if (!messages.isEmpty()) {
            return ContentType.HANDSHAKE;
        }
        ByteBuffer ahead = netIn.duplicate();
        while (ahead.hasRemaining()) {
            ContentType type = ContentType.of(ahead.get(ahead.position()) & 0xff);
            if (type != null && type != ContentType.ALERT && !inOrder.test(type)) {
                if (RecordHeader.isComplete(ahead)) {
                    reader.header(ahead); // as during a wait, where a bad header is refused for what is bad in it
                }
                return type;
            }
            boolean passes = type != null && (type != ContentType.ALERT || isPlainWarning(ahead));
            int length = RecordHeader.isComplete(ahead) ? RecordHeader.recordLength(RecordHeader.read(ahead)) : 0;
            if (!passes || length == 0 || length > ahead.remaining()) {
                return null;
            }
            ahead.position(ahead.position() + length);
        }
        return null;
    }

    /**
     * Tells whether the alert record at the buffer's position is one readable warning that leaves the connection as it
     * is.
     */
    private boolean isPlainWarning(ByteBuffer in) {
        int content = in.position() + RecordHeader.LENGTH;
        return reader.protection() == Protection.none()
                && in.limit() - content >= 2
                && RecordHeader.length(RecordHeader.read(in)) == 2
                && in.get(content) == AlertLevel.WARNING.code()
                && in.get(content + 1) != AlertDescription.CLOSE_NOTIFY.code();
    }

    /** Tells whether a message, or one that will be refused, can be taken without more input. */
    boolean holdsMessage() {
        return messages.isDue();
    }

    /** Takes a handshake message, header included. */
    byte[] takeMessage() {
        return messages.next();
    }

    /** Room that the record of application data needs which {@link #next} found. */
    int plaintextBound() {
        return reader.plaintextBound(header);
    }

    /**
     * Opens the record of application data that {@link #next} found at the buffer's position, straight into
     * {@code appOut}.
     */
    void open(ByteBuffer netIn, ByteBuffer appOut) {
        reader.open(header, netIn, appOut);
    }

    /** Returns the fatal alert that came; null when its number is unknown. */
    @Nullable
    AlertDescription fatalAlert() {
        return fatalAlert;
    }

    /** Returns how many bytes of messages are held. */
    int heldBytes() {
        return messages.retainedBytes();
    }

    void destroy() {
        reader.destroy();
        messages.clear();
    }

    private void requireWholeAlert(ContentType type) {
        if (alerts.hasPartial() && type != ContentType.ALERT) {
            throw FatalAlert.unexpectedMessage("another record between the halves of an alert");
        }
    }

    private void requireChangeCipherSpec(ByteBuffer content) {
        // RFC 5246 7.1: "The message consists of a single byte of value 1."
        if (content.remaining() != 1 || content.get() != 1) {
            throw FatalAlert.unexpectedMessage("ChangeCipherSpec is not the single byte 1");
        }
        // Keys change between messages, never inside one.
        if (!messages.isEmpty()) {
            throw FatalAlert.unexpectedMessage("ChangeCipherSpec inside a handshake message");
        }
    }

    private Arrival onAlerts(ByteBuffer content) {
        for (int alert = alerts.next(content); alert != AlertJoiner.NONE; alert = alerts.next(content)) {
            int level = alert >>> 8;
            AlertDescription description = AlertDescription.of(alert & 0xFF);
            // RFC 5246 7.2.2: the level decides; a fatal close_notify invalidates the session as every fatal alert
            // does.
            if (level == AlertLevel.FATAL.code()) {
                fatalAlert = description;
                return Arrival.FATAL_ALERT;
            }
            if (level != AlertLevel.WARNING.code()) {
                throw FatalAlert.illegalParameter("alert level " + level);
            }
            if (description == AlertDescription.CLOSE_NOTIFY) {
                return Arrival.CLOSE_NOTIFY;
            }
            limits.onWarningAlert();
        }
        return Arrival.NOTHING;
    }
}
