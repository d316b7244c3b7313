package dev.lockstep.keys.keyserver.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Reads what follows type and id, with every length checked before anything is taken or allocated. */
final class BodyReader {

    private BodyReader() {}

    static Message read(int type, ByteBuffer body) throws ProtocolException {
        return switch (type) {
            case Frame.Type.HELLO -> hello(body);
            case Frame.Type.SIGN -> {
                KeyId key = key(body);
                int millis = millis(body);
                int scheme = uint16(body);
                yield new Message.Sign(key, millis, scheme, rest(body, Message.MAX_INPUT));
            }
            case Frame.Type.DECRYPT -> {
                KeyId key = key(body);
                int millis = millis(body);
                yield new Message.Decrypt(key, millis, rest(body, Message.MAX_RESULT));
            }
            case Frame.Type.CANCEL -> new Message.Cancel();
            case Frame.Type.LIST_KEYS -> new Message.ListKeys();
            case Frame.Type.PING -> new Message.Ping();
            case Frame.Type.WELCOME -> {
                int version = positive(uint16(body));
                int maxOpen = positive(uint16(body));
                yield new Message.Welcome(version, maxOpen, offers(body));
            }
            case Frame.Type.RESULT -> new Message.Result(rest(body, Message.MAX_RESULT));
            case Frame.Type.FAILED ->
                new Message.Failed(oneOf(Message.Failure.values(), Message.Failure::code, uint8(body)));
            case Frame.Type.KEYS -> new Message.Keys(offers(body));
            case Frame.Type.PONG -> new Message.Pong();
            default -> throw new ProtocolException("a frame has the unknown type " + type);
        };
    }

    private static Message hello(ByteBuffer body) throws ProtocolException {
        int lowest = positive(uint16(body));
        int highest = uint16(body);
        if (highest < lowest) {
            throw new ProtocolException("a hello has no version");
        }
        return new Message.Hello(lowest, highest);
    }

    private static List<KeyOffer> offers(ByteBuffer body) throws ProtocolException {
        int count = uint16(body);
        if (count > Message.MAX_KEYS) {
            throw new ProtocolException("a list has " + count + " keys");
        }
        need(body, count * KeyOffer.LENGTH);
        List<KeyOffer> offers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            offers.add(KeyOffer.of(key(body), uint8(body)));
        }
        return offers;
    }

    private static KeyId key(ByteBuffer body) throws ProtocolException {
        need(body, KeyId.LENGTH);
        byte[] id = new byte[KeyId.LENGTH];
        body.get(id);
        return KeyId.ofBytes(id);
    }

    private static int millis(ByteBuffer body) throws ProtocolException {
        need(body, 4);
        int millis = body.getInt();
        if (millis < 0) {
            throw new ProtocolException("a request has a deadline of more than 2147483647 ms");
        }
        return millis;
    }

    private static byte[] rest(ByteBuffer body, int max) throws ProtocolException {
        int length = body.remaining();
        if (length == 0 || length > max) {
            throw new ProtocolException("a frame carries " + length + " bytes where 1 to " + max + " belong");
        }
        byte[] bytes = new byte[length];
        body.get(bytes);
        return bytes;
    }

    private static <E> E oneOf(E[] values, ToIntFunction<E> code, int number) throws ProtocolException {
        for (E value : values) {
            if (code.applyAsInt(value) == number) {
                return value;
            }
        }
        throw new ProtocolException("a frame names a failure that there is not");
    }

    private static int positive(int value) throws ProtocolException {
        if (value == 0) {
            throw new ProtocolException("a hello or welcome has a 0");
        }
        return value;
    }

    private static int uint8(ByteBuffer body) throws ProtocolException {
        need(body, 1);
        return body.get() & 0xFF;
    }

    private static int uint16(ByteBuffer body) throws ProtocolException {
        need(body, 2);
        return body.getShort() & 0xFFFF;
    }

    private static void need(ByteBuffer body, int bytes) throws ProtocolException {
        if (body.remaining() < bytes) {
            throw new ProtocolException("a frame ends too early");
        }
    }
}
