package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.keys.keyserver.SelectorDriven;
import dev.lockstep.server.InProcessKeyServer;
import dev.lockstep.server.audit.LogVerifier;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.JdkConversation;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two thousand handshakes over one connection to a key server that answers in any order, while clients leave. */
@Timeout(300)
@Tag("one-jdk")
class KeyServerStormTest {

    private static final int HANDSHAKES = 2_000;
    private static final List<String> SUITES = List.of(
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_RSA_WITH_AES_128_GCM_SHA256");

    @TempDir
    Path directory;

    private final Random random = new Random(20_260_301);
    private final AtomicInteger used = new AtomicInteger();
    private final HoldingExecutor workers = new HoldingExecutor();
    private final List<JdkConversation> handshakes = new ArrayList<>();
    private final Deque<JdkConversation> woken = new ArrayDeque<>();
    private Selector selector;
    private KeyServerKeys keys;

    /** Holds work back until it is released, in an order of the test's choice. */
    private static final class HoldingExecutor implements Executor {
        private final List<Runnable> held = new ArrayList<>();

        @Override
        public synchronized void execute(Runnable work) {
            held.add(work);
        }

        synchronized int count() {
            return held.size();
        }

        synchronized List<Runnable> shuffled(Random random) {
            Collections.shuffle(held, random);
            return List.copyOf(held);
        }
    }

    private void turn() throws Exception {
        selector.selectNow(key -> ((SelectorDriven) key.attachment()).onReady(key));
        keys.tick(System.nanoTime());
        for (JdkConversation next = woken.poll(); next != null; next = woken.poll()) {
            if (!next.isGone()) {
                next.advances();
            }
        }
    }

    private void turnUntil(BooleanSupplier there) throws Exception {
        long begin = System.nanoTime();
        while (!there.getAsBoolean()) {
            if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(60)) {
                throw new AssertionError("not there after a minute; " + workers.count() + " operations arrived");
            }
            turn();
        }
    }

    @Test
    void answersOfTwoThousandHandshakesInFlightReachTheirOwnAndNothingIsLeftBehind() throws Exception {
        ThrowawayCa ca = new ThrowawayCa(Instant.now());
        KeyPair ec = ca.ec();
        KeyPair rsa = ca.rsa();
        InProcessKeyServer.Setup setup = new InProcessKeyServer.Setup()
                .with(ec, InProcessKeyServer.counting(used))
                .with(rsa, InProcessKeyServer.counting(used));
        setup.workers = workers;
        SSLContext trusting = JdkClient.contextThatTrusts(ca.certificate());
        InProcessKeyServer keyServer = setup.start(directory);
        try (keyServer;
                Selector opened = Selector.open();
                KeyServerKeys client = KeyServerKeys.unix(keyServer.socket)
                        .decryption(KeyServerKeys.Decryption.OR_RANDOM)
                        .build()) {
            selector = opened;
            keys = client;
            keys.register(selector);
            TlsServerConfig config = TlsServerConfig.builder()
                    .policy(Policy.COMPATIBLE)
                    .credential(keys.credential(List.of(ca.issueForLocalhost(ec))))
                    .credential(keys.credential(List.of(ca.issueForLocalhost(rsa))))
                    .build();
            turnUntil(keys::isConnected);
            for (int i = 0; i < HANDSHAKES; i++) {
                turn();
                JdkConversation next = JdkConversation.of(config, trusting, SUITES.get(i % SUITES.size()));
                next.server().onWake(() -> woken.add(next));
                next.advances();
                handshakes.add(next);
            }
            assertThat(handshakes).allMatch(handshake -> handshake.isSuspended());
            turnUntil(() -> workers.count() == HANDSHAKES);
            assertThat(keys.openRequests()).isEqualTo(HANDSHAKES);

            // A random third leaves: some before any answer, some while the answers come.
            List<JdkConversation> leaving = new ArrayList<>(handshakes);
            Collections.shuffle(leaving, random);
            leaving = leaving.subList(0, HANDSHAKES / 3);
            leaving.subList(0, leaving.size() / 2).forEach(JdkConversation::leaves);
            turn();
            List<Runnable> work = workers.shuffled(random);
            List<Thread> threads = new ArrayList<>();
            AtomicInteger next = new AtomicInteger();
            for (int i = 0; i < 4; i++) {
                threads.add(new Thread(() -> {
                    for (int at = next.getAndIncrement(); at < work.size(); at = next.getAndIncrement()) {
                        work.get(at).run();
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (JdkConversation late : leaving.subList(leaving.size() / 2, leaving.size())) {
                late.leaves();
                turn();
            }
            turnUntil(() -> keys.openRequests() == 0);
            for (Thread thread : threads) {
                thread.join();
            }
            turn();
            keyServer.awaitIdle();

            assertThat(handshakes).allMatch(handshake -> handshake.isGone() || handshake.isDone());
            assertThat(leaving).allMatch(handshake -> handshake.isGone());
            long established =
                    handshakes.stream().filter(handshake -> !handshake.isGone()).count();
            assertThat(established).isEqualTo(HANDSHAKES - HANDSHAKES / 3);
            assertThat(keys.openRequests()).isZero();
            assertThat(used.get()).isBetween((int) established, HANDSHAKES);
            System.out.println(established + " of " + HANDSHAKES + " established, " + used.get() + " operations done");
        }
        // One line for each use of a key, and the one that begins the file.
        assertThat(Files.readAllLines(keyServer.log)).hasSize(used.get() + 1);
        assertThat(new LogVerifier(null, List.of()).verify(List.of(keyServer.log)))
                .isInstanceOf(LogVerifier.Intact.class);
    }
}
