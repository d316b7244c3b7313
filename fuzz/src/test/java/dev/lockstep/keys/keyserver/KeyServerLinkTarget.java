package dev.lockstep.keys.keyserver;

import dev.lockstep.fuzz.Input;
import dev.lockstep.fuzz.MemoryTransport;
import dev.lockstep.fuzz.Target;
import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.FrameDecoder;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.KeyOffer;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.ProtocolException;
import dev.lockstep.keys.keyserver.transport.ByteTransport;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * A client's side of the key-server protocol: honest answers, wrong ones and any bytes, while operations begin and are
 * cancelled and time passes. Nothing is thrown, each operation ends once, and none is left after the end.
 */
public final class KeyServerLinkTarget implements Target {

    private static final int MOST_EVENTS = 200;
    private static final long LIMIT = TimeUnit.SECONDS.toNanos(5);

    private final KeyId id = KeyId.of(TestIdentity.P256.chain().get(0).getPublicKey());
    private final UnixDomainSocketAddress address;
    private final ServerSocketChannel server;
    private final Selector selector = Selector.open();

    /** Opens a socket for channels that are connected and carry nothing: the bytes go through memory. */
    public KeyServerLinkTarget() throws IOException {
        Path directory = Files.createTempDirectory("link");
        directory.toFile().deleteOnExit();
        Path socket = directory.resolve("s");
        socket.toFile().deleteOnExit();
        address = UnixDomainSocketAddress.of(socket);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
        server.configureBlocking(false);
    }

    @Override
    public void run(byte[] bytes) throws Exception {
        new Conversation(new Input(bytes)).run();
    }

    /** One link, from its first attempt to connect to its end. */
    private final class Conversation implements KeyServerTarget, SelectorDriven {
        private final Input input;
        private final KeyServerLink link;
        private final List<Operation> operations = new ArrayList<>();
        private MemoryTransport transport = new MemoryTransport();
        private FrameDecoder asked = new FrameDecoder();
        private long now = Long.MAX_VALUE - LIMIT;
        private long latest;

        Conversation(Input input) {
            this.input = input;
            this.link = new KeyServerLink(
                    this,
                    this,
                    new KeyServerKeys.Options(
                            KeyServerKeys.Decryption.OR_RANDOM,
                            8,
                            TimeUnit.MILLISECONDS.toNanos(10),
                            TimeUnit.SECONDS.toNanos(1),
                            LIMIT,
                            () -> now,
                            KeyServerObserver.NONE));
        }

        void run() throws IOException, ProtocolException {
            link.register(selector);
            for (int events = 0; events < MOST_EVENTS && !input.isOver(); events++) {
                switch (input.below(10)) {
                    case 0 -> transport.arrives(input.bytes(1 + input.below(64)));
                    case 1 -> answer(0, new Message.Welcome(1 + input.below(4), 1 + input.below(8), List.of(offer())));
                    case 2 -> answer(number(), new Message.Result(new byte[input.below(2) == 0 ? 48 : 70]));
                    case 3 -> answer(number(), new Message.Failed(failure()));
                    case 4 -> answer(number(), new Message.Pong());
                    case 5, 6 -> begin();
                    case 7 -> cancel();
                    case 8 -> now += input.below(2) == 0 ? TimeUnit.MILLISECONDS.toNanos(20) : LIMIT;
                    default -> transport.ends();
                }
                turn();
            }
            link.close();
            for (Operation operation : operations) {
                Expect.that(operation.isOver(), "an operation is open after the end");
            }
            Expect.that(link.openRequests() == 0, "requests are open after the end");
            selector.selectNow(); // forgets the channels that are closed
            for (SocketChannel each = server.accept(); each != null; each = server.accept()) {
                each.close();
            }
        }

        /** What the loop does: what is ready, then what is due. */
        private void turn() throws IOException, ProtocolException {
            for (SelectionKey key : List.copyOf(selector.keys())) {
                if (key.isValid()) {
                    link.onReady(key);
                }
            }
            link.tick(now);
            ByteBuffer sent = ByteBuffer.wrap(transport.takeOutput());
            for (Frame frame = asked.next(sent); frame != null; frame = asked.next(sent)) {
                latest = Math.max(latest, frame.id());
                boolean question = frame.message() instanceof Message.Hello
                        || frame.message() instanceof Message.Sign
                        || frame.message() instanceof Message.Decrypt
                        || frame.message() instanceof Message.Cancel
                        || frame.message() instanceof Message.Ping;
                Expect.that(question, "a client answers");
            }
            operations.forEach(Operation::look);
        }

        private KeyOffer offer() {
            return new KeyOffer(id, true, input.below(2) == 0);
        }

        private Message.Failure failure() {
            Message.Failure[] all = Message.Failure.values();
            return all[input.below(all.length)];
        }

        /** Of a recent request, or of none. */
        private long number() {
            return Math.max(0, latest - input.below(4));
        }

        private void answer(long number, Message message) {
            ByteBuffer frame = ByteBuffer.allocate(Frame.MAX_BYTES);
            new Frame(number, message).encode(frame);
            byte[] encoded = new byte[frame.flip().remaining()];
            frame.get(encoded);
            transport.arrives(encoded);
        }

        private void begin() {
            Operation operation = new Operation();
            int length = input.below(2) * 48;
            OptionalLong deadline = input.below(2) == 0 ? OptionalLong.empty() : OptionalLong.of(now + LIMIT);
            Start<byte[]> start = link.start(
                    deadline, millis -> new Message.Sign(id, millis, 0x0403, new byte[100]), operation::woken, length);
            if (start instanceof Start.InProgress<byte[]> begun) {
                operation.pending = begun.operation();
                operations.add(operation);
            } else {
                Expect.that(start instanceof Start.Failed, "neither begun nor failed");
            }
        }

        private void cancel() {
            if (!operations.isEmpty()) {
                operations.get(input.below(operations.size())).cancel();
            }
        }

        @Override
        public SocketAddress address() {
            return address;
        }

        @Override
        public SocketChannel open() throws IOException {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.configureBlocking(false);
            return channel;
        }

        @Override
        public ByteTransport transport(SocketChannel channel) {
            MemoryTransport fresh = new MemoryTransport() {
                @Override
                public void close() {
                    super.close();
                    try {
                        channel.close();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }
            };
            transport = fresh;
            asked = new FrameDecoder();
            return fresh;
        }

        @Override
        public void register(Selector joined) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void onReady(SelectionKey key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public OptionalLong nextDeadlineNanos() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void tick(long nowNanos) {
            throw new UnsupportedOperationException();
        }
    }

    /** An operation as a connection has one: looked after when it is woken, until it has ended or is cancelled. */
    private static final class Operation {
        private PendingOperation<byte[]> pending = Progress::inProgress;
        private boolean woken;
        private boolean ended;
        private boolean cancelled;

        void woken() {
            Expect.that(!ended && !cancelled, "a wake-up after the end");
            woken = true;
        }

        void look() {
            if (ended || cancelled) {
                return;
            }
            try {
                ended = !(pending.resume() instanceof Progress.InProgress);
            } catch (Exception e) {
                throw new AssertionError("an operation throws", e);
            }
            Expect.that(ended == woken, "ended: " + ended + ", woken: " + woken);
        }

        void cancel() {
            if (!ended && !cancelled) {
                cancelled = true;
                pending.cancel();
            }
        }

        boolean isOver() {
            look();
            return ended || cancelled;
        }
    }
}
