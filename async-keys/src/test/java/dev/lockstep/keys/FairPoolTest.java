package dev.lockstep.keys;

import static dev.lockstep.keys.Operations.done;
import static dev.lockstep.keys.Operations.failure;
import static dev.lockstep.keys.Operations.inProgress;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a flood of handshakes does to the others: the queue is bounded, addresses take turns, the newest come first. */
@Timeout(60)
class FairPoolTest {

    private static final InetAddress FLOODER = address("192.0.2.1");
    private static final InetAddress HONEST = address("198.51.100.7");

    private final List<@Nullable InetAddress> displaced = new CopyOnWriteArrayList<>();
    private final ThreadPoolExecutor pool = WorkerPools.fairPool(1, 40, 24, displaced::add);
    private final CountDownLatch busy = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<Integer> order = new CopyOnWriteArrayList<>();
    private final ExecutorKey key = ExecutorKey.of(new NumberedKey(), pool);

    @AfterEach
    void stop() {
        pool.shutdownNow();
    }

    @Test
    void aClientOfAnotherAddressIsServedBeforeTheFloodThatCameFirst() throws Exception {
        occupy();
        for (int i = 0; i < 20; i++) {
            sign(i, FLOODER);
        }
        sign(100, HONEST);
        finish();

        assertThat(order.get(0)).isEqualTo(100);
    }

    @Test
    void theNewestOfAnAddressComesFirstWhileManyWaitAndTheOldestWhileFewDo() throws Exception {
        occupy();
        for (int i = 0; i < 6; i++) {
            sign(i, FLOODER);
        }
        finish();

        assertThat(order).containsExactly(5, 4, 3, 0, 1, 2);
    }

    @Test
    void theOldestGivesWayWhenAnAddressHasItsShareAndIsToldSo() throws Exception {
        occupy();
        List<PendingOperation<byte[]>> operations = new ArrayList<>();
        for (int i = 0; i < 26; i++) {
            operations.add(sign(i, FLOODER));
        }

        assertThat(displaced).containsExactly(FLOODER, FLOODER);
        for (int i = 0; i < 2; i++) {
            Throwable cause = failure(operations.get(i).resume());
            assertThat(((OperationException) cause).reason()).isEqualTo(Reason.REJECTED);
        }
        finish();
        assertThat(order).hasSize(24).doesNotContain(0, 1);
        assertThat(done(operations.get(25).resume())).containsExactly(25);
    }

    @Test
    void theLargestShareGivesWayWhenTheQueueIsFull() throws Exception {
        occupy();
        for (int i = 0; i < 24; i++) {
            sign(i, FLOODER);
        }
        for (int i = 0; i < 16; i++) {
            sign(100 + i, address("198.51.100." + i));
        }
        assertThat(displaced).isEmpty();
        sign(200, HONEST);
        sign(201, null);

        assertThat(displaced).containsExactly(FLOODER, FLOODER);
        assertThat(pool.getQueue()).hasSize(40);
        finish();
        assertThat(order).hasSize(40).contains(200, 201).doesNotContain(0, 1);
    }

    @Test
    void theAddressesOfOneIpv6NetworkShare() throws Exception {
        occupy();
        for (int i = 0; i < 25; i++) {
            sign(i, address("2001:db8:1:2::" + Integer.toHexString(i)));
        }

        assertThat(displaced).hasSize(1);
        sign(100, address("2001:db8:1:3::1"));
        assertThat(displaced).hasSize(1);
        finish();
    }

    @Test
    void aCancelledOperationLeavesTheQueue() throws Exception {
        occupy();
        PendingOperation<byte[]> operation = sign(1, FLOODER);
        sign(2, HONEST);
        operation.cancel();

        assertThat(pool.getQueue()).hasSize(1);
        finish();
        assertThat(order).containsExactly(2);
    }

    /** Gives the one thread something to do until {@link #finish}. */
    private void occupy() throws InterruptedException {
        pool.execute(() -> {
            busy.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        busy.await();
    }

    private void finish() throws InterruptedException {
        release.countDown();
        pool.shutdown();
        assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    private PendingOperation<byte[]> sign(int number, @Nullable InetAddress client) {
        SignRequest request = new SignRequest(
                SignatureScheme.ECDSA_SECP256R1_SHA256,
                new byte[] {(byte) number},
                TestIdentity.P256.chain(),
                null,
                OptionalLong.empty(),
                client,
                (scheme, message, signature) -> true);
        return inProgress(key.startSign(request, () -> {}));
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** Answers with the message, which is a number, and notes the order. */
    private final class NumberedKey implements BlockingKey {
        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return Set.of(SignatureScheme.ECDSA_SECP256R1_SHA256);
        }

        @Override
        public boolean canDecrypt() {
            return false;
        }

        @Override
        public byte[] sign(SignRequest request) {
            order.add(request.message()[0] & 0xff);
            return request.message();
        }

        @Override
        public byte[] decrypt(dev.lockstep.tls.key.DecryptRequest request) {
            throw new AssertionError("not asked for");
        }
    }
}
