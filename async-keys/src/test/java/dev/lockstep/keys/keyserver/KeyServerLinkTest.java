package dev.lockstep.keys.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.Operations;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.transport.ByteTransport;
import dev.lockstep.keys.keyserver.transport.PlainTransport;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.PendingOperation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a link does with its channels, its requests and the addresses that come late. */
@Timeout(60)
class KeyServerLinkTest extends KeyServerKeysTestCase {

    /** Gives out what it has read byte by byte, as TLS records do that arrived together. */
    private static final class Dripping implements ByteTransport {

        private final ByteTransport under;
        private final ByteBuffer held = ByteBuffer.allocate(64 * 1024).limit(0);

        Dripping(ByteTransport under) {
            this.under = under;
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            if (!held.hasRemaining()) {
                held.clear();
                int read = under.read(held);
                held.flip();
                if (read <= 0) {
                    return read;
                }
            }
            to.put(held.get());
            return 1;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            return under.write(from);
        }

        @Override
        public boolean holdsOutput() {
            return under.holdsOutput();
        }

        @Override
        public boolean holdsInput() {
            return held.hasRemaining();
        }

        @Override
        public boolean isOpenForOutput() {
            return under.isOpenForOutput();
        }

        @Override
        public void close() {
            under.close();
        }
    }

    /** Makes the transport of a channel. */
    @FunctionalInterface
    private interface Transports {
        ByteTransport over(SocketChannel channel) throws IOException;
    }

    /** A target with these addresses that knows which channels it has made. */
    private static final class Watched implements KeyServerTarget {

        private final StandardProtocolFamily family;
        private final List<SocketAddress> addresses;
        private final Transports transports;
        final List<SocketChannel> made = new ArrayList<>();

        Watched(StandardProtocolFamily family, Transports transports, SocketAddress... addresses) {
            this.family = family;
            this.addresses = List.of(addresses);
            this.transports = transports;
        }

        @Override
        public SocketAddress address() {
            return addresses.get(0);
        }

        @Override
        public CompletableFuture<List<SocketAddress>> lookup() {
            return CompletableFuture.completedFuture(addresses);
        }

        @Override
        public SocketChannel open() throws IOException {
            SocketChannel channel = SocketChannel.open(family);
            channel.configureBlocking(false);
            made.add(channel);
            return channel;
        }

        @Override
        public ByteTransport transport(SocketChannel channel) throws IOException {
            return transports.over(channel);
        }
    }

    private UnixDomainSocketAddress address(String socket) {
        return UnixDomainSocketAddress.of(directory.resolve(socket));
    }

    private FakeKeyServer fake(Watched target) throws IOException {
        try {
            return fake(unused -> new KeyServerKeys.Builder(target));
        } catch (OutOfMemoryError e) {
            throw new AssertionError("it has left the link", e); // by itself it would end the run of all tests
        }
    }

    private Watched unix(Transports transports, SocketAddress... addresses) {
        return new Watched(StandardProtocolFamily.UNIX, transports, addresses);
    }

    @Test
    void whatTheTransportHoldsIsReadThoughTheSelectorTellsNothing() throws Exception {
        Watched target = unix(channel -> new Dripping(new PlainTransport(channel)), address("fake.sock"));
        try (FakeKeyServer fake = fake(target).greet(10)) {
            PendingOperation<byte[]> operation = Operations.inProgress(sign(fake));
            byte[] result = new byte[500];
            Arrays.fill(result, (byte) 5);
            fake.send(fake.next().id(), new Message.Result(result));
            fake.await("wake", () -> wakes.get() == 1);
            assertThat(Operations.done(operation.resume())).containsOnly(5).hasSize(500);
        }
    }

    @Test
    void aLoopIsToldToComeAgainForIt() throws Exception {
        AtomicLong clock = new AtomicLong(1_000_000_000L);
        Watched target = unix(channel -> new Dripping(new PlainTransport(channel)), address("fake.sock"));
        try (FakeKeyServer fake = fake(unused -> new KeyServerKeys.Builder(target).clock(clock::get))
                .at(clock::get)
                .greet(10)) {
            assertThat(fake.client.nextDeadlineNanos()).isEmpty();
            fake.send(7, new Message.Result(new byte[500]));
            fake.await("input", () -> fake.client.nextDeadlineNanos().equals(OptionalLong.of(clock.get())));
        }
    }

    @Test
    void aThreadOfItsOwnComesAgainForIt() throws Exception {
        Watched target = unix(channel -> new Dripping(new PlainTransport(channel)), address("fake.sock"));
        try (FakeKeyServer fake = fake().greet(10);
                KeyServerThread thread = KeyServerThread.start(new KeyServerKeys.Builder(target))) {
            fake.accept();
            fake.next();
            fake.send(0, new Message.Welcome(Message.VERSION, 10, List.of()));
            PendingOperation<byte[]> operation = Operations.inProgress(
                    thread.key(TestIdentity.P256.certificate()).startSign(request(100), wakes::incrementAndGet));
            fake.send(fake.next().id(), new Message.Result(new byte[500]));
            fake.await("wake", () -> wakes.get() > 0);
            assertThat(Operations.done(operation.resume())).hasSize(500);
        }
    }

    private static void assertClosed(Watched target, int channels) {
        assertThat(target.made).hasSize(channels).noneMatch(SocketChannel::isOpen);
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, OutOfMemoryError.class, IOException.class})
    void aConnectionThatCannotBeMadeIsClosedAndTheNextAddressIsTried(Class<? extends Throwable> kind) throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        Throwable fault = kind.getConstructor(String.class).newInstance("no transport");
        Watched target = unix(
                channel -> {
                    if (attempts.incrementAndGet() == 1) {
                        throwAny(fault);
                    }
                    return new PlainTransport(channel);
                },
                address("fake.sock"),
                address("fake.sock"));
        try (FakeKeyServer fake = fake(target)) {
            assertThat(target.made.get(0).isOpen()).isFalse();
            fake.accept(); // of the first address, closed again
            fake.greet(10);
            assertThat(target.made).hasSize(2);
        }
        assertClosed(target, 2);
    }

    /** Throws without a word to the compiler, since the kind is the test's. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwAny(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void anAddressOfAKindThatTheChannelDoesNotKnowFailsTheAttemptAndNotTheLoop() throws Exception {
        Watched target = new Watched(StandardProtocolFamily.INET, PlainTransport::new, address("fake.sock"));
        KeyServerKeys keys = new KeyServerKeys.Builder(target).build();
        try (Selector selector = Selector.open()) {
            keys.register(selector);
            assertThat(keys.isConnected()).isFalse();
            assertThat(Operations.failure(
                            keys.key(TestIdentity.P256.certificate()).startSign(request(100), () -> {})))
                    .hasMessageContaining("UnsupportedAddressType");
            assertThat(keys.nextDeadlineNanos()).as("the next attempt").isPresent();
            keys.close();
        }
        assertClosed(target, 1);
    }

    private static SignRequest request(int length) {
        return new SignRequest(
                SignatureScheme.ECDSA_SECP256R1_SHA256,
                new byte[length],
                TestIdentity.P256.chain(),
                null,
                OptionalLong.empty());
    }

    @Test
    void aRequestThatCannotBeSentIsNotOpen() throws Exception {
        try (FakeKeyServer fake = fake().greet(10)) {
            assertThatThrownBy(() -> ec(fake).startSign(request(0), () -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("input");
            assertThat(fake.client.openRequests()).isZero();
            PendingOperation<byte[]> next = Operations.inProgress(sign(fake));
            fake.send(fake.next().id(), new Message.Result(new byte[] {1}));
            fake.await("wake", () -> wakes.get() == 1);
            assertThat(Operations.done(next.resume())).containsExactly(1);
        }
    }

    /** A target over TCP whose name is looked up by the test. */
    private record Named(HostLookup names) implements KeyServerTarget {

        @Override
        public SocketAddress address() {
            throw new IllegalStateException("it is looked up");
        }

        @Override
        public CompletableFuture<List<SocketAddress>> lookup() {
            return names.start();
        }

        @Override
        public SocketChannel open() throws IOException {
            SocketChannel channel = SocketChannel.open();
            channel.configureBlocking(false);
            return channel;
        }

        @Override
        public ByteTransport transport(SocketChannel channel) {
            return new PlainTransport(channel);
        }
    }

    @Test
    void addressesThatComeAfterTheAttemptAreThoseOfTheNextOne() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        AtomicInteger asked = new AtomicInteger();
        CompletableFuture<InetAddress[]> answer = new CompletableFuture<>();
        AtomicLong clock = new AtomicLong(1_000_000_000L);
        try (Selector selector = Selector.open();
                ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(loopback, 0))) {
            server.configureBlocking(false);
            int port = server.socket().getLocalPort();
            HostLookup names = new HostLookup("keys.example", port, host -> {
                asked.incrementAndGet();
                return answer.join();
            });
            KeyServerKeys keys = new KeyServerKeys.Builder(new Named(names))
                    .clock(clock::get)
                    .patience(Duration.ofSeconds(1))
                    .build();
            keys.register(selector);
            clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
            keys.tick(clock.get()); // too late for this attempt
            assertThat(Operations.failure(
                            keys.key(TestIdentity.P256.certificate()).startSign(request(100), () -> {})))
                    .hasMessageContaining("not looked up in time");
            answer.complete(new InetAddress[] {loopback});
            awaitEndOfLookups();
            clock.set(keys.nextDeadlineNanos().orElseThrow());
            keys.tick(clock.get());
            try (SocketChannel accepted = accept(server)) {
                assertThat(accepted)
                        .as("a connection to the address that came late")
                        .isNotNull();
            }
            assertThat(asked).hasValue(1);
            keys.close();
        }
    }

    private static SocketChannel accept(ServerSocketChannel server) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        SocketChannel accepted = server.accept();
        while (accepted == null && System.nanoTime() - end < 0) {
            Thread.onSpinWait();
            accepted = server.accept();
        }
        return accepted;
    }

    /** The thread of a look-up ends when its answer has been passed on. */
    private static void awaitEndOfLookups() throws InterruptedException {
        for (Thread each : Thread.getAllStackTraces().keySet()) {
            if (each.getName().equals("lockstep-host-lookup")) {
                each.join(20_000);
            }
        }
    }

    @Test
    void anAnswerThatWasTakenAndAFailureAreAskedForAgain() throws Exception {
        InetAddress[] answer = {InetAddress.getLoopbackAddress()};
        AtomicInteger asked = new AtomicInteger();
        HostLookup names = new HostLookup("keys.example", 7443, host -> {
            if (asked.incrementAndGet() == 2) {
                throw new java.net.UnknownHostException(host);
            }
            return answer;
        });
        assertThat(names.start()).succeedsWithin(Duration.ofSeconds(20));
        CompletableFuture<List<SocketAddress>> failing = names.start();
        awaitEndOfLookups();
        assertThat(failing).isCompletedExceptionally();
        assertThat(names.start()).succeedsWithin(Duration.ofSeconds(20));
        assertThat(asked).hasValue(3);
    }
}
