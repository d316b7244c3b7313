package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.transport.ByteTransport;
import dev.lockstep.keys.keyserver.transport.PlainTransport;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.audit.KeyPeer;
import dev.lockstep.server.keyserver.listener.ClientListener;
import dev.lockstep.server.keyserver.policy.ClientIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What fails for one client, or for a moment, ends neither the other clients nor the loop. */
@Timeout(60)
class KeyServerFaultsTest {

    /** Eight connections of known clients, two of unknown ones. */
    private static final KeyServerLimits LIMITS =
            new KeyServerLimits(8, 10, 10, 0, TimeUnit.HOURS.toNanos(1), TimeUnit.HOURS.toNanos(1));

    @TempDir
    Path directory;

    /** How often each fails from now on. */
    private final AtomicInteger transports = new AtomicInteger();

    private final AtomicInteger closes = new AtomicInteger();
    private final AtomicInteger accepts = new AtomicInteger();
    private final AtomicInteger clocks = new AtomicInteger();
    private final AtomicInteger reports = new AtomicInteger();

    private volatile boolean known = true;
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final List<RawClient> clients = new ArrayList<>();
    private final FutureTask<Void> loop = new FutureTask<>(() -> {
        this.server.run();
        return null;
    });
    private Path socket;
    private KeyServer server;

    private static void failWhileAbove(AtomicInteger count) {
        if (count.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new OutOfMemoryError("of the test");
        }
    }

    private final class Arriving implements ClientListener.Admission {

        private final SocketChannel channel;

        Arriving(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public ByteTransport transport() {
            if (transports.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new IllegalStateException("no transport");
            }
            PlainTransport plain = new PlainTransport(channel);
            return new ByteTransport() {
                @Override
                public int read(ByteBuffer to) throws IOException {
                    return plain.read(to);
                }

                @Override
                public int write(ByteBuffer from) throws IOException {
                    return plain.write(from);
                }

                @Override
                public boolean holdsOutput() {
                    return plain.holdsOutput();
                }

                @Override
                public boolean holdsInput() {
                    return plain.holdsInput();
                }

                @Override
                public boolean isOpenForOutput() {
                    return plain.isOpenForOutput();
                }

                @Override
                public void close() {
                    if (closes.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                        throw new InternalError("of the test");
                    }
                    plain.close();
                }
            };
        }

        @Override
        public String where() {
            return "a";
        }

        @Override
        public String origin() {
            return "a";
        }

        @Override
        public boolean isKnown() {
            return known;
        }

        @Override
        public ClientIdentity identity() {
            return new ClientIdentity("a", KeyPeer.local(1), key -> true);
        }
    }

    private final class Entrance extends TestEntrance {

        Entrance(Path socket) throws IOException {
            super(socket);
        }

        /** Asked for before each connection that is accepted. */
        @Override
        public ServerSocketChannel channel() {
            failWhileAbove(accepts);
            return super.channel();
        }

        @Override
        public Admission admit(SocketChannel client) {
            return new Arriving(client);
        }
    }

    @BeforeEach
    void make() throws Exception {
        socket = directory.resolve("s");
        server = new KeyServer(
                new Entrance(socket),
                Map::of,
                LIMITS,
                HolderQueues.of(new WorkQueue(Runnable::run)),
                UsageLog.none(),
                this::report,
                this::now);
    }

    private void report(String line) {
        failWhileAbove(reports);
        warnings.add(line);
    }

    private long now() {
        failWhileAbove(clocks);
        return System.nanoTime();
    }

    private void start() {
        new Thread(loop, "key server under test").start();
    }

    @AfterEach
    void close() throws Exception {
        for (RawClient each : clients) {
            each.close();
        }
        server.close();
    }

    private void stopsInGoodOrder() throws Exception {
        server.close();
        loop.get(30, TimeUnit.SECONDS);
    }

    private RawClient arrive() throws IOException {
        RawClient client = RawClient.connect(socket);
        clients.add(client);
        return client.send(0, new Message.Hello(Message.VERSION, Message.VERSION));
    }

    private static void ping(RawClient client) throws Exception {
        assertThat(client.send(7, new Message.Ping()).answer(7)).isEqualTo(new Message.Pong());
    }

    private RawClient welcomed() throws Exception {
        RawClient client = arrive();
        assertThat(client.answer(0)).isInstanceOf(Message.Welcome.class);
        return client;
    }

    @Test
    void aDefectThatCannotEvenBeReportedEndsItsClientAlone() throws Exception {
        start();
        RawClient other = welcomed();
        reports.set(1);
        transports.set(1);
        assertThat(arrive().nextOrEnd()).isNull();
        ping(other);
        ping(welcomed());
        stopsInGoodOrder();
        assertThat(warnings).isEmpty();
    }

    @Test
    void anAcceptThatFailsIsReportedAndTriedAgain() throws Exception {
        start();
        RawClient other = welcomed();
        accepts.set(1);
        RawClient late = welcomed();
        ping(other);
        ping(late);
        stopsInGoodOrder();
        assertThat(warnings).isNotEmpty().allSatisfy(line -> assertThat(line)
                .isEqualTo("accept failed: java.lang.OutOfMemoryError: of the test"));
    }

    @Test
    void aRoundThatFailsIsReportedAndTheNextOneServes() throws Exception {
        start();
        RawClient other = welcomed();
        clocks.set(3);
        ping(other);
        ping(welcomed());
        stopsInGoodOrder();
        assertThat(warnings).isNotEmpty().allSatisfy(line -> assertThat(line)
                .startsWith("DEFECT in ")
                .endsWith("java.lang.OutOfMemoryError: of the test"));
    }

    @Test
    void whatFailsInEveryRoundEndsTheLoopAndIsTheReason() throws Exception {
        clocks.set(Integer.MAX_VALUE);
        start();
        assertThatThrownBy(() -> loop.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(() -> RawClient.connect(socket)).isInstanceOf(IOException.class);
    }

    @Test
    void aClientThatCannotBeClosedGivesItsPlaceToTheNextOne() throws Exception {
        known = false;
        server.begin();
        for (int i = 0; i < 3; i++) {
            clients.add(RawClient.connect(socket).send(ByteBuffer.wrap(new byte[] {0})));
        }
        server.round(); // accepts them
        closes.set(1);
        while (warnings.isEmpty()) {
            server.round(); // hears them; the first one has to leave then
        }
        assertThat(warnings).containsExactly("DEFECT in the connection of a: java.lang.InternalError: of the test");
        assertThat(clients.get(0).nextOrEnd()).isNull();
        server.end();
    }
}
