package dev.lockstep.server.keyserver;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.fuzz.Input;
import dev.lockstep.fuzz.MemoryTransport;
import dev.lockstep.fuzz.Target;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.FrameDecoder;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.ProtocolException;
import dev.lockstep.keys.keyserver.transport.ByteTransport;
import dev.lockstep.server.audit.KeyPeer;
import dev.lockstep.server.keyserver.listener.ClientListener;
import dev.lockstep.server.keyserver.policy.ClientIdentity;
import dev.lockstep.simulation.sockets.MemoryProvider;
import dev.lockstep.simulation.sockets.MemorySelector;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.testkit.util.SeededRandom;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.PublicKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A key server's side of the protocol: honest frames, damaged ones and any bytes, while the work is done sooner or later, the
 * client reads slowly, and time passes. Each request has one answer at most, and none is left when the client still listens.
 */
public final class KeyServerClientTarget implements Target {

    private static final int MOST_EVENTS = 200;
    private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONG = TimeUnit.DAYS.toNanos(30);

    private final KeyId id;
    private final Map<KeyId, ServedKey> keys;

    /** Makes the key that is served. */
    public KeyServerClientTarget() {
        TestIdentity identity = TestIdentity.P256;
        PublicKey publicKey = identity.chain().get(0).getPublicKey();
        id = KeyId.of(publicKey);
        byte[] secret = HashAlgorithm.SHA256.digest(publicKey.getEncoded());
        InMemoryKey key = InMemoryKey.of(identity.privateKey(), new SeededRandom(3));
        keys = Map.of(id, new ServedKey("test", key, publicKey, secret, true));
    }

    @Override
    public void run(byte[] bytes) throws Exception {
        List<String> warnings = new ArrayList<>();
        Deque<Runnable> work = new ArrayDeque<>();
        KeyServer server = new KeyServer(
                new Unused(),
                () -> keys,
                KeyServerLimits.DEFAULT,
                HolderQueues.of(new WorkQueue(work::add)),
                UsageLog.none(),
                warnings::add);
        try {
            converse(server, work, new Input(bytes));
            Expect.that(warnings.stream().noneMatch(line -> line.contains("DEFECT")), warnings.toString());
        } finally {
            server.end();
        }
    }

    private void converse(KeyServer server, Deque<Runnable> work, Input input) throws ProtocolException {
        MemoryTransport transport = new MemoryTransport();
        ClientConnection client = new ClientConnection(
                server, new Admission(transport, id), new Places(KeyServerLimits.DEFAULT), new Key(), 0);
        Answers answers = new Answers();
        long now = 1;
        client.turn(now); // before it, a connection has a channel and no stream
        for (int events = 0; events < MOST_EVENTS && !input.isOver() && !transport.isClosed(); events++) {
            switch (input.below(10)) {
                case 0 -> {
                    transport.arrives(input.bytes(1 + input.below(64)));
                    answers.areOfAnything();
                }
                case 1 -> frame(transport, 0, new Message.Hello(1, 1 + input.below(5)));
                case 2 ->
                    answers.to(request(transport, input, new Message.Sign(id, millis(input), 0x0403, message(input))));
                case 3 -> answers.to(request(transport, input, new Message.Decrypt(id, millis(input), message(input))));
                case 4 -> frame(transport, input.below(8), new Message.Cancel());
                case 5 -> answers.to(request(transport, input, new Message.ListKeys()));
                case 6 -> answers.to(request(transport, input, new Message.Ping()));
                case 7 -> {
                    now += input.below(2) == 0 ? SHORT : LONG;
                    client.checkTimes(now);
                }
                case 8 -> runOne(work);
                default -> transport.room = input.below(2) == 0 ? 1 + input.below(64) : Integer.MAX_VALUE;
            }
            server.answer();
            client.turn(now);
            answers.take(transport.takeOutput());
        }
        transport.room = Integer.MAX_VALUE;
        while (runOne(work)) {
            server.answer();
        }
        do {
            client.turn(now);
        } while (client.wantsTurn());
        answers.take(transport.takeOutput());
        Expect.that(client.openRequests() == 0, "a request is open after all the work is done");
        answers.requireAll(!transport.isClosed());
        client.end();
        Expect.that(transport.isClosed(), "the stream is left open");
    }

    private static boolean runOne(Deque<Runnable> work) {
        Runnable next = work.poll();
        if (next != null) {
            next.run();
        }
        return next != null;
    }

    private static long request(MemoryTransport transport, Input input, Message message) {
        long number = input.below(8);
        frame(transport, number, message);
        return number;
    }

    private static void frame(MemoryTransport transport, long number, Message message) {
        ByteBuffer frame = ByteBuffer.allocate(Frame.MAX_BYTES);
        new Frame(number, message).encode(frame);
        byte[] encoded = new byte[frame.flip().remaining()];
        frame.get(encoded);
        transport.arrives(encoded);
    }

    /** An honest input of ServerKeyExchange, or any bytes. */
    private static byte[] message(Input input) {
        if (input.below(2) == 0) {
            byte[] honest = new byte[64 + 4 + 32];
            honest[64] = 3; // named_curve x25519, and a point of 32 bytes
            honest[66] = 29;
            honest[67] = 32;
            return honest;
        }
        byte[] any = input.bytes(1 + input.below(64));
        return any.length == 0 ? new byte[1] : any;
    }

    /** No deadline, or one that only {@link #LONG} meets. */
    private static int millis(Input input) {
        return input.below(2) == 0 ? 0 : Integer.MAX_VALUE;
    }

    /** What came back, and for what. */
    private static final class Answers {
        private final FrameDecoder decoder = new FrameDecoder();
        private final Map<Long, Integer> missing = new HashMap<>();
        private boolean exact = true;
        private boolean welcome;

        /** Bytes were sent that may be requests. */
        void areOfAnything() {
            exact = false;
        }

        void to(long number) {
            missing.merge(number, 1, Integer::sum);
        }

        void take(byte[] output) throws ProtocolException {
            ByteBuffer stream = ByteBuffer.wrap(output);
            for (Frame frame = decoder.next(stream); frame != null; frame = decoder.next(stream)) {
                if (!welcome) {
                    boolean first =
                            frame.message() instanceof Message.Welcome || frame.message() instanceof Message.Failed;
                    Expect.that(frame.id() == 0 && first, "the first frame is no welcome");
                    welcome = true;
                } else {
                    int left = missing.merge(frame.id(), -1, Integer::sum);
                    Expect.that(!exact || left >= 0, "a second answer to " + frame.id());
                }
            }
        }

        void requireAll(boolean open) {
            boolean all = missing.values().stream().allMatch(count -> count == 0);
            Expect.that(!exact || !open || !welcome || all, "requests without an answer: " + missing);
        }
    }

    /** A client whose identity is found with its first frame. */
    private record Admission(ByteTransport transport, KeyId key) implements ClientListener.Admission {
        @Override
        public String where() {
            return "a test";
        }

        @Override
        public String origin() {
            return "here";
        }

        @Override
        public boolean isKnown() {
            return false;
        }

        @Override
        public ClientIdentity identity() {
            return new ClientIdentity("uid 1", KeyPeer.local(1), key::equals);
        }
    }

    /** A listener at which no client arrives. */
    private static final class Unused implements ClientListener {
        private final ServerSocketChannel channel = new MemoryProvider(new Idle()).openServerSocketChannel();

        @Override
        public ServerSocketChannel channel() {
            return channel;
        }

        @Override
        public Admission admit(SocketChannel client) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String where() {
            return "nowhere";
        }

        @Override
        public void close() {
            // there is nothing to close
        }
    }

    /** Where nothing happens. */
    private static final class Idle implements MemorySelector.World {
        @Override
        public void turnPasses() {
            // nothing happens
        }

        @Override
        public long waits(long nanos) {
            return -1;
        }
    }

    /** A key of no selector. */
    private static final class Key extends SelectionKey {
        private final SelectableChannel channel = new MemoryProvider(new Idle()).openServerSocketChannel();
        private int interest;

        @Override
        public SelectableChannel channel() {
            return channel;
        }

        @Override
        public Selector selector() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isValid() {
            return true;
        }

        @Override
        public void cancel() {
            interest = 0;
        }

        @Override
        public int interestOps() {
            return interest;
        }

        @Override
        public SelectionKey interestOps(int ops) {
            interest = ops;
            return this;
        }

        @Override
        public int readyOps() {
            return OP_READ;
        }
    }
}
