package dev.lockstep.server.abuse;

import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** What clients do to a key server that means no good. */
final class KeyServerHabits {

    private static final byte[] GREETING = frames(new Message.Hello(Message.VERSION, Message.VERSION));

    private KeyServerHabits() {}

    /** A TLS ClientHello that any server answers. */
    static byte[] clientHello() throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine("localhost", 443);
        engine.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(32 * 1024);
        engine.wrap(ByteBuffer.allocate(0), hello);
        byte[] bytes = new byte[hello.flip().remaining()];
        hello.get(bytes);
        return bytes;
    }

    private static byte[] frames(Message... messages) {
        ByteBuffer out = ByteBuffer.allocate(messages.length * 64);
        for (Message message : messages) {
            new Frame(0, message).encode(out);
        }
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    private record Plain(boolean reads, Step step) implements KeyServerSwarm.Habit {

        /** See {@link KeyServerSwarm.Habit#tick}. */
        private interface Step {
            int tick(SocketChannel channel, long written) throws IOException;
        }

        @Override
        public int tick(SocketChannel channel, long written) throws IOException {
            return step.tick(channel, written);
        }
    }

    private static int write(SocketChannel channel, byte[] bytes, int from, int count) throws IOException {
        return channel.write(ByteBuffer.wrap(bytes, from, count));
    }

    /** Connects, and that is all. */
    static KeyServerSwarm.Habit silent() {
        return new Plain(true, (channel, written) -> 0);
    }

    /** Sends {@code opening}, and nothing more. */
    static KeyServerSwarm.Habit halfOpen(byte[] opening) {
        return new Plain(true, (channel, written) -> written > 0 ? 0 : write(channel, opening, 0, opening.length));
    }

    /** Sends {@code opening}, a byte at a time. */
    static KeyServerSwarm.Habit dripping(byte[] opening) {
        return new Plain(
                true, (channel, written) -> written < opening.length ? write(channel, opening, (int) written, 1) : 0);
    }

    /** Sends {@code opening} and resets the connection a little later. */
    static KeyServerSwarm.Habit resetting(byte[] opening) {
        return new Plain(false, (channel, written) -> written > 0 ? -1 : write(channel, opening, 0, opening.length));
    }

    /** Says hello, then asks and asks and takes no answer. */
    static KeyServerSwarm.Habit neverReading() {
        byte[] questions = frames(new Message.ListKeys(), new Message.Ping(), new Message.ListKeys());
        return new Plain(false, (channel, written) -> greetThen(channel, written, questions, 1));
    }

    /** Says hello, then sends frames that cost an answer each, as fast as they are taken. */
    static KeyServerSwarm.Habit flooding() {
        byte[] questions = frames(new Message.Ping(), new Message.Cancel(), new Message.ListKeys(), new Message.Ping());
        return new Plain(true, (channel, written) -> greetThen(channel, written, questions, 64));
    }

    /** Whole frames alone: a piece would make the next one junk, which is another habit. */
    private static int greetThen(SocketChannel channel, long written, byte[] frames, int times) throws IOException {
        if (written == 0) {
            return write(channel, GREETING, 0, GREETING.length);
        }
        int at = (int) ((written - GREETING.length) % frames.length);
        int sum = 0;
        for (int i = 0; i < times; i++) {
            int count = write(channel, frames, at, frames.length - at);
            sum += count;
            if (count < frames.length - at) {
                break;
            }
            at = 0;
        }
        return sum;
    }

    /** Sends bytes that are no frame, or frames that have no place, after a hello or without one. */
    static KeyServerSwarm.Habit junk(long seed) {
        Random random = new Random(seed);
        return new Plain(true, (channel, written) -> {
            byte[] bytes = new byte[1 + random.nextInt(2_000)];
            random.nextBytes(bytes);
            switch (random.nextInt(4)) {
                case 0 -> System.arraycopy(GREETING, 0, bytes, 0, Math.min(bytes.length, GREETING.length));
                case 1 -> bytes[0] = (byte) 0xFF; // a length of gigabytes
                case 2 -> {
                    byte[] early = frames(new Message.Ping());
                    System.arraycopy(early, 0, bytes, 0, Math.min(bytes.length, early.length));
                }
                default -> {}
            }
            return write(channel, bytes, 0, bytes.length);
        });
    }
}
