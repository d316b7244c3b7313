package dev.lockstep.tls.internal.record;

import dev.lockstep.tls.internal.wire.FatalAlert;
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
     * @throws FatalAlert unexpected_message if the message is of a type that cannot come, decode_error if it announces a
     *     body over the bound
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

    /**
     * Whether the beginning of a message is here and its end is not.
     *
     * @throws FatalAlert as {@link #hasMessage}
     */
    public boolean hasPartial() {
        return !isEmpty() && !hasMessage();
    }

    /** Bytes of memory held at the moment. */
    public int retainedBytes() {
        return buffer == null ? 0 : buffer.length;
    }

    /**
     * Takes the first whole message.
     *
     * @throws IllegalStateException if there is none
     */
    public JoinedMessage next() {
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
        return new JoinedMessage(encoded);
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
            throw FatalAlert.decodeError("handshake message of type " + typeCode + " announces " + length
                    + " bytes where " + longest + " are the limit");
        }
        return HEADER_LENGTH + length;
    }
}
