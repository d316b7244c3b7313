package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.transport.ByteTransport;
import dev.lockstep.keys.keyserver.transport.PlainTransport;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.audit.KeyPeer;
import dev.lockstep.server.keyserver.listener.ClientListener;
import dev.lockstep.server.keyserver.policy.ClientIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which connection ends when there are more than places, and which request is rejected when the queue is full. */
@Timeout(60)
class KeyServerPlacesTest {

    /** Four connections, two of a peer. */
    private static final KeyServerLimits LIMITS =
            new KeyServerLimits(4, 10, 10, 0, TimeUnit.HOURS.toNanos(1), TimeUnit.HOURS.toNanos(1));

    private static final Message SIGN = new Message.Sign(KeyId.ofBytes(new byte[32]), 0, 0x0403, new byte[1]);

    @TempDir
    Path directory;

    private final ConcurrentLinkedQueue<String> arriving = new ConcurrentLinkedQueue<>();
    private final Map<String, Supplier<String>> faults = new ConcurrentHashMap<>();
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final AtomicLong later = new AtomicLong();
    private final AtomicInteger queued = new AtomicInteger();
    private volatile int mostQueued = Integer.MAX_VALUE;
    private final List<RawClient> clients = new ArrayList<>();
    private final FutureTask<Void> loop = new FutureTask<>(() -> {
        this.server.run();
        return null;
    });
    private Path socket;
    private KeyServer server;

    /** A client that is called as the test says. */
    private record Named(SocketChannel channel, String where, Supplier<String> reason)
            implements ClientListener.Admission {

        @Override
        public ByteTransport transport() {
            return new PlainTransport(channel);
        }

        @Override
        public String origin() {
            return where;
        }

        @Override
        public boolean isKnown() {
            return true;
        }

        @Override
        public ClientIdentity identity() {
            return new ClientIdentity(where, KeyPeer.local(1), key -> true);
        }

        @Override
        public String fault() {
            return reason.get();
        }
    }

    private final class Entrance extends TestEntrance {

        Entrance(Path socket) throws IOException {
            super(socket);
        }

        @Override
        public Admission admit(SocketChannel client) {
            String name = arriving.remove();
            return new Named(
                    client, name, () -> faults.getOrDefault(name, () -> null).get());
        }
    }

    @BeforeEach
    void start() throws Exception {
        socket = directory.resolve("s");
        server = new KeyServer(
                new Entrance(socket),
                Map::of,
                LIMITS,
                HolderQueues.of(new WorkQueue(this::queue)),
                UsageLog.none(),
                warnings::add,
                () -> System.nanoTime() + later.get());
        new Thread(loop, "key server under test").start();
    }

    /** What has room stays open. */
    private void queue(Runnable work) {
        if (queued.incrementAndGet() > mostQueued) {
            throw new RejectedExecutionException("full");
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (RawClient each : clients) {
            each.close();
        }
        server.close();
        loop.get(30, TimeUnit.SECONDS);
    }

    /** Sends a hello. */
    private RawClient arrive(String peer) {
        try {
            arriving.add(peer);
            RawClient client = RawClient.connect(socket);
            clients.add(client);
            return client.send(0, new Message.Hello(Message.VERSION, Message.VERSION));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RawClient welcomed(String peer) throws Exception {
        RawClient client = arrive(peer);
        assertThat(client.answer(0)).isInstanceOf(Message.Welcome.class);
        return client;
    }

    private void assertRefused(String peer) throws Exception {
        arriving.add(peer);
        RawClient client = RawClient.connect(socket);
        clients.add(client);
        assertEnded(client);
    }

    private static void assertEnded(RawClient client) throws Exception {
        Frame frame = client.nextOrEnd();
        assertThat(frame).as("what comes instead of the end").isNull();
    }

    private static void ping(RawClient client) throws Exception {
        assertThat(client.send(7, new Message.Ping()).answer(7)).isEqualTo(new Message.Pong());
    }

    private static RawClient busy(RawClient client) throws Exception {
        client.send(1, SIGN);
        ping(client); // so the request has arrived
        return client;
    }

    private void pass(int seconds) {
        later.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    /** As after an outage of the network, of which the key server's end of the old connections has not heard. */
    @Test
    void theLongestUnusedConnectionOfAPeerMakesRoomForItsNewOne() throws Exception {
        RawClient first = welcomed("a");
        RawClient second = welcomed("a");
        pass(6);
        ping(first);
        RawClient third = welcomed("a");
        assertEnded(second);
        ping(first);
        ping(third);
        assertThat(warnings).singleElement().asString().startsWith("closed a connection of a that was idle");
    }

    @Test
    void connectionsInUseAndThoseOfOtherPeersMakeNoRoomForOneMoreOfAPeer() throws Exception {
        RawClient other = welcomed("b");
        RawClient waiting = busy(welcomed("a"));
        pass(6);
        RawClient used = welcomed("a");
        assertRefused("a");
        ping(other);
        ping(waiting);
        ping(used);
    }

    @Test
    void peersThatHaveAllPlacesGiveOneToAPeerWithoutOne() throws Exception {
        RawClient waiting = busy(welcomed("a"));
        pass(1);
        RawClient unused = welcomed("a");
        pass(1);
        RawClient one = welcomed("b");
        RawClient two = welcomed("b");
        pass(1);
        RawClient third = welcomed("c");
        assertEnded(unused);
        for (RawClient each : List.of(waiting, one, two, third)) {
            ping(each);
        }
        assertRefused("a"); // b would have fewer than a then
        ping(two);
    }

    @Test
    void aRequestThatLosesItsPlaceInTheQueueIsAnswered() throws Exception {
        mostQueued = 2;
        RawClient flooding = welcomed("a");
        RawClient honest = welcomed("b");
        busy(flooding).send(2, SIGN);
        ping(flooding);
        honest.send(1, SIGN);
        assertThat(flooding.answer(2)).isEqualTo(new Message.Failed(Message.Failure.REJECTED));
        honest.send(2, SIGN);
        assertThat(honest.answer(2)).isEqualTo(new Message.Failed(Message.Failure.REJECTED));
    }

    @Test
    void openRequestsDoNotKeepAllPlacesForTwoPeers() throws Exception {
        RawClient oldest = busy(welcomed("a"));
        List<RawClient> others = List.of(busy(welcomed("b")), busy(welcomed("a")), busy(welcomed("b")));
        ping(welcomed("c"));
        assertEnded(oldest);
        for (RawClient each : others) {
            ping(each);
        }
    }

    @Test
    void aClientThatHasLostItsRightsGivesItsPlaceBackThoughItSendsNothing() throws Exception {
        RawClient revoked = welcomed("a");
        RawClient defective = welcomed("b");
        faults.put("a", () -> "its certificate is revoked");
        faults.put("b", () -> {
            throw new IllegalStateException("no such list");
        });
        pass(3600);
        RawClient other = welcomed("c");
        assertEnded(revoked);
        assertEnded(defective);
        ping(other);
        assertThat(warnings)
                .containsExactly(
                        "closed the connection of a: its certificate is revoked",
                        "DEFECT in the connection of b: java.lang.IllegalStateException: no such list");
    }
}
