package dev.lockstep.keys.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.Operations;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.transport.ByteTransport;
import dev.lockstep.keys.keyserver.transport.PlainTransport;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A key server whose addresses are looked up for each attempt, and connections that are made again. */
@Timeout(60)
class KeyServerAddressesTest extends KeyServerKeysTestCase {

    /** A name whose addresses are sockets here, so that no name service is needed. */
    private record Named(Supplier<CompletableFuture<List<SocketAddress>>> names) implements KeyServerTarget {

        @Override
        public SocketAddress address() {
            throw new IllegalStateException("it is looked up");
        }

        @Override
        public CompletableFuture<List<SocketAddress>> lookup() {
            return names.get();
        }

        @Override
        public SocketChannel open() throws IOException {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.configureBlocking(false);
            return channel;
        }

        @Override
        public ByteTransport transport(SocketChannel channel) {
            return new PlainTransport(channel);
        }
    }

    private SocketAddress address(String socket) {
        return UnixDomainSocketAddress.of(directory.resolve(socket));
    }

    private FakeKeyServer named(Supplier<CompletableFuture<List<SocketAddress>>> names) throws IOException {
        return fake(unused -> new KeyServerKeys.Builder(new Named(names)));
    }

    private CompletableFuture<List<SocketAddress>> known(String... sockets) {
        List<SocketAddress> all = new ArrayList<>();
        for (String each : sockets) {
            all.add(address(each));
        }
        return CompletableFuture.completedFuture(all);
    }

    private void assertAnswered(FakeKeyServer fake, PendingOperation<byte[]> operation) throws Exception {
        int before = wakes.get();
        fake.send(fake.next().id(), new Message.Result(new byte[] {1}));
        fake.await("wake", () -> wakes.get() > before);
        assertThat(Operations.done(operation.resume())).containsExactly(1);
    }

    @Test
    void everyAddressIsTriedBeforeAnAttemptHasFailed() throws Exception {
        try (FakeKeyServer fake = named(() -> known("absent.sock", "absent2.sock", "fake.sock"))) {
            PendingOperation<byte[]> early = Operations.inProgress(sign(fake));
            fake.greet(10);
            assertAnswered(fake, early);
        }
        try (FakeKeyServer none = named(() -> known("absent.sock", "absent2.sock"))) {
            assertThat(reason(Operations.failure(sign(none)))).isEqualTo(Reason.KEY_UNAVAILABLE);
        }
    }

    @Test
    void anAddressThatIsSilentLeavesTheOthersTheirTime() throws Exception {
        AtomicLong clock = new AtomicLong(1_000_000_000L);
        try (ServerSocketChannel silent =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address("silent.sock"))) {
            assertThat(silent.isOpen()).isTrue();
            FakeKeyServer fake =
                    fake(unused -> new KeyServerKeys.Builder(new Named(() -> known("silent.sock", "fake.sock")))
                            .clock(clock::get)
                            .patience(Duration.ofSeconds(1)));
            try (FakeKeyServer closed = fake.at(clock::get)) {
                assertThat(closed).isSameAs(fake);
                PendingOperation<byte[]> early = Operations.inProgress(sign(fake));
                clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(499));
                fake.turn();
                assertThat(isPending(early)).isTrue();
                clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
                fake.greet(10);
                assertAnswered(fake, early);
            }
        }
    }

    @Test
    void theNameIsLookedUpForEachAttemptAndRequestsWaitForTheFirst() throws Exception {
        List<CompletableFuture<List<SocketAddress>>> asked = new ArrayList<>();
        Supplier<CompletableFuture<List<SocketAddress>>> names = () -> {
            asked.add(new CompletableFuture<>());
            return asked.get(asked.size() - 1);
        };
        try (FakeKeyServer fake = named(names)) {
            PendingOperation<byte[]> early = Operations.inProgress(sign(fake));
            PendingOperation<byte[]> unwanted = Operations.inProgress(sign(fake));
            unwanted.cancel();
            assertThat(fake.client.openRequests())
                    .as("what is not sent needs no answer")
                    .isEqualTo(1);
            fake.turn();
            asked.get(0).complete(List.of(address("fake.sock")));
            fake.greet(10);
            assertAnswered(fake, early);

            fake.hangUp();
            fake.await("the next look-up", () -> asked.size() == 2);
            asked.get(1).completeExceptionally(new UnknownHostException("keys.example"));
            fake.await("the one after it", () -> asked.size() == 3);
            assertThat(Operations.failure(sign(fake)))
                    .hasMessageContaining("its host name has no address")
                    .hasMessageContaining("keys.example");
            asked.get(2).complete(List.of(address("fake.sock")));
            fake.greet(10);
        }
    }

    @Test
    void aLookUpThatEndsWakesTheLoop() throws Exception {
        CompletableFuture<List<SocketAddress>> asked = new CompletableFuture<>();
        try (Selector selector = Selector.open();
                KeyServerKeys keys = new KeyServerKeys.Builder(new Named(() -> asked)).build()) {
            keys.register(selector);
            Thread answers = new Thread(() -> asked.complete(List.of()));
            answers.start();
            long begin = System.nanoTime();
            selector.select(TimeUnit.SECONDS.toMillis(50));
            assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(40));
            answers.join();
        }
    }

    @Test
    void aLookUpThatHangsIsJoinedAndTheNextOneAsksAgain() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        InetAddress loopback = InetAddress.getLoopbackAddress();
        HostLookup lookup = new HostLookup("keys.example", 7443, host -> {
            asked.incrementAndGet();
            try {
                boolean unused = release.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new UnknownHostException(host);
            }
            InetAddress[] all = new InetAddress[20];
            java.util.Arrays.fill(all, loopback);
            return all;
        });
        CompletableFuture<List<SocketAddress>> first = lookup.start();
        CompletableFuture<List<SocketAddress>> second = lookup.start();
        release.countDown();
        for (CompletableFuture<List<SocketAddress>> each : List.of(first, second)) {
            assertThat(each.get(30, TimeUnit.SECONDS))
                    .hasSize(HostLookup.MOST)
                    .containsOnly(new InetSocketAddress(loopback, 7443));
        }
        assertThat(asked).hasValue(1);
        assertThat(lookup.start()).succeedsWithin(Duration.ofSeconds(30));
        assertThat(asked).hasValue(2);

        HostLookup unknown = new HostLookup("keys.example", 7443, host -> {
            throw new UnknownHostException(host);
        });
        assertThatThrownBy(() -> unknown.start().get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(UnknownHostException.class);
    }

    @Test
    void aConnectionIsMadeAgainWhenNothingIsOpenAndWhatIsAskedMeanwhileWaits() throws Exception {
        List<String> told = new ArrayList<>();
        KeyServerObserver observer = new KeyServerObserver() {
            @Override
            public void onConnected() {
                told.add("up");
            }

            @Override
            public void onDisconnected(boolean wasConnected, Exception cause) {
                told.add("down " + wasConnected);
            }
        };
        try (FakeKeyServer fake = fake(options -> options.observer(observer)).greet(10)) {
            PendingOperation<byte[]> open = Operations.inProgress(sign(fake));
            fake.client.reconnect();
            fake.turn();
            assertThat(fake.client.isConnected()).isTrue();
            assertAnswered(fake, open);

            fake.awaitEnd();
            PendingOperation<byte[]> meanwhile = Operations.inProgress(sign(fake));
            fake.greet(10);
            assertAnswered(fake, meanwhile);
            assertThat(told).containsExactly("up");
            fake.hangUp();
            fake.await("loss", () -> !fake.client.isConnected());
            assertThat(told).containsExactly("up", "down true");
        }
    }
}
