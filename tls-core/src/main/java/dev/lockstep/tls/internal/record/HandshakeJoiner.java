package dev.lockstep.tls.internal.record;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.HandshakeType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Joins fragments of handshake messages, however a peer cut or coalesced them, into whole messages.
 *
 * <pre>
 * struct {
 *     HandshakeType msg_type;
 *     uint24 length;
 *     body;
 * } Handshake;   // RFC 5246 section 7.4
 * </pre>
 *
 * <p>Use: while {@link #hasMessage()}, take {@link #next()}; only then append another fragment. Memory follows the bytes
 * that have come in, at most twice as many, never the length field; it is given back when nothing is left inside. A message
 * longer than the bound for its type is refused as soon as its four header bytes are here. Time is linear in the bytes
 * appended, for one byte at a time as well.
 */
public final class HandshakeJoiner {
    /** Bytes in front of every body. */
    public static final int HEADER_LENGTH = 4;

    private static final int SMALLEST_BUFFER = 64;

    private final IntUnaryOperator longestBody;

    /** Exists only while something is in it; bytes stand in {@code [start, end)}. */
    private byte @Nullable [] buffer;

    private int start;
    private int end;

    /** Length of the first message, header included; -1 until its header is here and judged. */
    private int messageLength = -1;

    /**
     * A joiner.
     *
     * @param longestBody gives for a handshake type's number the longest body to accept, in bytes, or -1 if there is no
     *     message of this type; for example {@link #bounds}
     */
    public HandshakeJoiner(IntUnaryOperator longestBody) {
        this.longestBody = longestBody;
    }

    /**
     * One bound for ClientHello and one for every other type of RFC 5246; unknown types may not come. The second should
     * leave room above what is valid, so that a message out of order is told so by the handshake, whatever its length.
     *
     * @param clientHello longest body of a ClientHello, in bytes
     * @param others longest body of any other message, in bytes
     */
    public static IntUnaryOperator bounds(int clientHello, int others) {
        return typeCode -> {
            HandshakeType type = HandshakeType.of(typeCode);
            if (type == null) {
                return -1;
            }
            return type == HandshakeType.CLIENT_HELLO ? clientHello : others;
        };
    }

    /**
     * Takes all remaining bytes of a fragment.
     *
     * @throws IllegalStateException if a whole message is still to be taken: the caller drains before it appends, which
     *     bounds what is held to one partial message and one record
     * @throws FatalAlert as {@link #hasMessage}
     */
    public void append(ByteBuffer fragment) {
        if (hasMessage()) {
            throw new IllegalStateException("a message is waiting to be taken");
        }
        int count = fragment.remaining();
        if (count == 0) {
            return;
        }
        byte[] room = makeRoom(count);
        fragment.get(room, end, count);
        end += count;
    }

    /**
     * Whether a whole message is here. The header of the first message is judged here, and not sooner, so that the messages
     * before it in the same record have been dealt with.
     *
     * @throws FatalAlert if the message announces a body over the bound: decode_error if no message of its type can be that
     *     long; certificate_unknown if a chain is only longer than the bound, unexpected_message if another message is, or if
     *     its type cannot come
     */
    public boolean hasMessage() {
        byte[] held = buffer;
        if (messageLength < 0 && held != null && end - start >= HEADER_LENGTH) {
            messageLength = judgeHeader(held);
        }
        return messageLength >= 0 && end - start >= messageLength;
    }

    /** Whether {@link #hasMessage} has something to say, good or bad, about what is here. */
    public boolean isDue() {
        try {
            return hasMessage();
        } catch (FatalAlert refused) {
            return true; // and is thrown again by the call that takes the message
        }
    }

    /** Whether nothing is here, neither a message nor a part of one: where ChangeCipherSpec may come. */
    public boolean isEmpty() {
        return buffer == null;
    }

    /** Bytes of memory held at the moment. */
    public int retainedBytes() {
        return buffer == null ? 0 : buffer.length;
    }

    /**
     * Takes the first whole message as it came, header included: for the parser and for the transcript.
     *
     * @return not a copy, and the receiver's to keep
     * @throws IllegalStateException if there is none
     */
    public byte[] next() {
        byte[] held = buffer;
        if (held == null || !hasMessage()) {
            throw new IllegalStateException("no message is complete");
        }
        // the usual case, one message that fills the buffer, is handed over without a copy
        byte[] encoded = messageLength == held.length ? held : Arrays.copyOfRange(held, start, start + messageLength);
        start += messageLength;
        messageLength = -1;
        if (start == end) {
            clear();
        } else if (end - start < held.length / 2) {
            // halving keeps both the memory and the time for many small messages in proportion to what is here
            buffer = Arrays.copyOfRange(held, start, end);
            end -= start;
            start = 0;
        }
        return encoded;
    }

    /** Forgets everything. */
    public void clear() {
        buffer = null;
        start = 0;
        end = 0;
        messageLength = -1;
    }

    private byte[] makeRoom(int count) {
        int held = end - start;
        int needed = held + count;
        byte[] old = buffer;
        if (old != null && old.length - end >= count) {
            return old;
        }
        int capacity = needed;
        if (old != null && messageLength > needed) {
            // doubling keeps one-byte fragments linear; the end of the message is as far as it needs to go
            capacity = Math.min(Math.max(2 * needed, SMALLEST_BUFFER), messageLength);
        } else if (messageLength < 0) {
            capacity = Math.max(needed, HEADER_LENGTH);
        }
        byte[] larger = new byte[capacity];
        if (old != null) {
            System.arraycopy(old, start, larger, 0, held);
        }
        buffer = larger;
        start = 0;
        end = held;
        return larger;
    }

    private int judgeHeader(byte[] b) {
        int typeCode = b[start] & 0xff;
        int length = (b[start + 1] & 0xff) << 16 | (b[start + 2] & 0xff) << 8 | (b[start + 3] & 0xff);
        int longest = longestBody.applyAsInt(typeCode);
        if (longest < 0) {
            throw FatalAlert.unexpectedMessage("handshake message of type " + typeCode);
        }
        if (length > longest) {
            String reason = "handshake message of type " + typeCode + " announces " + length + " bytes where " + longest
                    + " are the limit";
            throw FatalAlert.of(alertOverBound(typeCode, length), reason, null);
        }
        return HEADER_LENGTH + length;
    }

    /** What exceeds only our bound may be well-formed, so decode_error is for lengths that no message of the type can have. */
    private static AlertDescription alertOverBound(int typeCode, int length) {
        HandshakeType type = HandshakeType.of(typeCode);
        if (type == null || length > longestWellFormed(type)) {
            return AlertDescription.DECODE_ERROR;
        }
        return type == HandshakeType.CERTIFICATE
                ? AlertDescription.CERTIFICATE_UNKNOWN
                : AlertDescription.UNEXPECTED_MESSAGE;
    }

    /** The longest body that a message of the client can have by its definition. */
    private static int longestWellFormed(HandshakeType type) {
        return switch (type) {
            // RFC 5246 7.4.1.2: version and random, session_id, cipher_suites, compression_methods, extensions
            case CLIENT_HELLO -> 34 + (1 + 32) + (2 + 0xfffe) + (1 + 0xff) + (2 + 0xffff);
            case CERTIFICATE -> 0xffffff;
            case CERTIFICATE_VERIFY -> 2 + 2 + 0xffff;
            case CLIENT_KEY_EXCHANGE -> 2 * (2 + 0xffff); // RFC 4279 4: the identity, then an encrypted secret
            default -> 0;
        };
    }
}
