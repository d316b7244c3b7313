package dev.lockstep.keys.keyserver.protocol;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A message and the id of the request it belongs to, and how both are written: the length of what follows in four
 * bytes, the type in one, the id in eight, the rest. Numbers are big-endian.
 *
 * @param id chosen by the client, all 64 bits of it; 0 for hello and welcome
 */
public record Frame(long id, Message message) {

    /** The longest frame, its length field included. */
    public static final int MAX_BYTES = 16_384;

    static final int LENGTH_FIELD = 4;
    static final int MIN_BODY = 9;

    /**
     * Writes this frame behind {@code to}'s position.
     *
     * @throws IllegalArgumentException when a value is out of its range: a defect of the caller; nothing is written
     * @throws BufferOverflowException when {@code to} has no room, {@link #MAX_BYTES} is always enough; nothing is
     *     written
     */
    public void encode(ByteBuffer to) {
        ByteBuffer frame = ByteBuffer.allocate(MAX_BYTES);
        frame.position(LENGTH_FIELD);
        putBody(frame);
        frame.putInt(0, frame.position() - LENGTH_FIELD);
        try {
            to.put(frame.flip());
        } finally {
            Arrays.fill(frame.array(), (byte) 0); // a premaster secret may be in it
        }
    }

    private void putBody(ByteBuffer to) {
        if (message instanceof Message.Hello hello) {
            begin(to, Type.HELLO);
            putShort(to, "lowest", hello.lowest(), 1);
            putShort(to, "highest", hello.highest(), hello.lowest());
        } else if (message instanceof Message.Sign sign) {
            begin(to, Type.SIGN);
            putMillis(to.put(sign.key().bytes()), sign.millis());
            putShort(to, "scheme", sign.scheme(), 0);
            putBytes(to, "input", sign.input(), Message.MAX_INPUT);
        } else if (message instanceof Message.Decrypt decrypt) {
            begin(to, Type.DECRYPT);
            putMillis(to.put(decrypt.key().bytes()), decrypt.millis());
            putBytes(to, "ciphertext", decrypt.ciphertext(), Message.MAX_RESULT);
        } else if (message instanceof Message.Cancel) {
            begin(to, Type.CANCEL);
        } else if (message instanceof Message.ListKeys) {
            begin(to, Type.LIST_KEYS);
        } else if (message instanceof Message.Ping) {
            begin(to, Type.PING);
        } else {
            putAnswer(to);
        }
    }

    private void putAnswer(ByteBuffer to) {
        if (message instanceof Message.Welcome welcome) {
            begin(to, Type.WELCOME);
            putShort(to, "version", welcome.version(), 1);
            putShort(to, "maxOpen", welcome.maxOpen(), 1);
            putOffers(to, welcome.keys());
        } else if (message instanceof Message.Result result) {
            begin(to, Type.RESULT);
            putBytes(to, "octets", result.octets(), Message.MAX_RESULT);
        } else if (message instanceof Message.Failed failed) {
            begin(to, Type.FAILED);
            to.put((byte) failed.failure().code());
        } else if (message instanceof Message.Keys list) {
            begin(to, Type.KEYS);
            putOffers(to, list.keys());
        } else {
            begin(to, Type.PONG);
        }
    }

    private static void putOffers(ByteBuffer to, List<KeyOffer> keys) {
        if (keys.size() > Message.MAX_KEYS) {
            throw new IllegalArgumentException("keys: are more than " + Message.MAX_KEYS);
        }
        to.putShort((short) keys.size());
        keys.forEach(offer -> to.put(offer.key().bytes()).put((byte) offer.forms()));
    }

    private void begin(ByteBuffer to, int type) {
        if (id != 0 && (type == Type.HELLO || type == Type.WELCOME)) {
            throw new IllegalArgumentException("id: must be 0 for hello and welcome");
        }
        to.put((byte) type).putLong(id);
    }

    private static void putShort(ByteBuffer to, String name, int value, int min) {
        if (value < min || value > 0xFFFF) {
            throw new IllegalArgumentException(name + ": " + value + " is not between " + min + " and 65535");
        }
        to.putShort((short) value);
    }

    private static void putMillis(ByteBuffer to, int millis) {
        if (millis < 0) {
            throw new IllegalArgumentException("millis: " + millis + " is negative; use 0 for no deadline");
        }
        to.putInt(millis);
    }

    private static void putBytes(ByteBuffer to, String name, Octets octets, int max) {
        byte[] bytes = octets.bytes();
        if (bytes.length == 0 || bytes.length > max) {
            throw new IllegalArgumentException(name + ": has " + bytes.length + " bytes; give 1 to " + max);
        }
        to.put(bytes);
    }

    /** Reads the body of a frame, which is all that {@code body} has left. */
    static Frame decode(ByteBuffer body) throws ProtocolException {
        int type = body.get() & 0xFF;
        long id = body.getLong();
        Message message = BodyReader.read(type, body);
        if (body.hasRemaining()) {
            throw new ProtocolException("a frame of type " + type + " is too long");
        }
        if (id != 0 && (type == Type.HELLO || type == Type.WELCOME)) {
            throw new ProtocolException("hello and welcome have no request id");
        }
        return new Frame(id, message);
    }

    /** The numbers of the frames: a client's are below 128, a key server's are not. */
    static final class Type {
        static final int HELLO = 1;
        static final int SIGN = 2;
        static final int DECRYPT = 3;
        static final int CANCEL = 4;
        static final int LIST_KEYS = 5;
        static final int PING = 6;
        static final int WELCOME = 129;
        static final int RESULT = 130;
        static final int FAILED = 131;
        static final int KEYS = 132;
        static final int PONG = 133;

        private Type() {}
    }
}
