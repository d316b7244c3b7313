package dev.lockstep.keys.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.Operations;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that are late, lost, silent or wrong. */
@Timeout(60)
class KeyServerKeysConnectionTest extends KeyServerKeysTestCase {

    @Test
    void whenTheConnectionEndsWhatIsOpenFailsAtOnceAndNewRequestsFailUntilItIsBack() throws Exception {
        try (FakeKeyServer fake = fake().greet(10)) {
            PendingOperation<byte[]> one = Operations.inProgress(sign(fake));
            PendingOperation<byte[]> two = Operations.inProgress(sign(fake));
            fake.next();
            fake.hangUp();
            fake.await("wakes", () -> wakes.get() == 2);
            assertThat(reason(Operations.failure(one.resume()))).isEqualTo(Reason.KEY_UNAVAILABLE);
            assertThat(reason(Operations.failure(two.resume()))).isEqualTo(Reason.KEY_UNAVAILABLE);
            assertThat(reason(Operations.failure(sign(fake)))).isEqualTo(Reason.KEY_UNAVAILABLE);
            assertThat(fake.client.openRequests()).isZero();

            fake.greet(10); // without being asked to
            PendingOperation<byte[]> three = Operations.inProgress(sign(fake));
            fake.send(fake.next().id(), new Message.Result(new byte[] {3}));
            fake.await("wake", () -> wakes.get() == 3);
            assertThat(Operations.done(three.resume())).containsExactly(3);
        }
    }

    @Test
    void requestsWaitForTheFirstConnectionAndForNoOther() throws Exception {
        try (FakeKeyServer fake = fake()) {
            PendingOperation<byte[]> early = Operations.inProgress(sign(fake));
            fake.greet(10);
            fake.send(fake.next().id(), new Message.Result(new byte[] {1}));
            fake.await("wake", () -> wakes.get() == 1);
            assertThat(Operations.done(early.resume())).containsExactly(1);

            fake.hangUp();
            fake.await("loss", () -> !fake.client.isConnected());
            fake.accept(); // connected again, but no hello yet
            assertThat(reason(Operations.failure(sign(fake)))).isEqualTo(Reason.KEY_UNAVAILABLE);
        }
        try (FakeKeyServer absent = new FakeKeyServer(directory, false, options -> options)) {
            assertThat(reason(Operations.failure(sign(absent)))).isEqualTo(Reason.KEY_UNAVAILABLE);
            absent.listen();
            absent.greet(10);
            Operations.inProgress(sign(absent));
        }
    }

    @Test
    void aKeyServerThatIsNotThereIsTriedAgainAfterPausesThatGrowToABound() throws Exception {
        AtomicLong clock = new AtomicLong(1_000_000_000L);
        KeyServerKeys keys = KeyServerKeys.unix(directory.resolve("absent.sock"))
                .clock(clock::get)
                .build();
        List<Long> pauses = new ArrayList<>();
        try (java.nio.channels.Selector selector = java.nio.channels.Selector.open()) {
            keys.register(selector);
            for (int i = 0; i < 7; i++) {
                long due = keys.nextDeadlineNanos().orElseThrow();
                pauses.add(TimeUnit.NANOSECONDS.toMillis(due - clock.get()));
                keys.tick(due - 1);
                assertThat(keys.nextDeadlineNanos()).hasValue(due);
                clock.set(due);
                keys.tick(due);
            }
            keys.close();
            assertThat(keys.nextDeadlineNanos()).isEmpty();
        }
        assertThat(pauses).containsExactly(50L, 100L, 200L, 400L, 500L, 500L, 500L);
    }

    @Test
    void aKeyServerThatFallsSilentIsAskedAndThenGivenUp() throws Exception {
        AtomicLong clock = new AtomicLong(1_000_000_000L);
        try (FakeKeyServer fake = fake(options -> options.clock(clock::get).patience(Duration.ofSeconds(1)))
                .at(clock::get)
                .greet(10)) {
            assertThat(fake.client.nextDeadlineNanos()).isEmpty(); // nothing is owed
            PendingOperation<byte[]> operation = Operations.inProgress(sign(fake));
            fake.next();
            clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
            fake.client.tick(clock.get());
            long ping = fake.next().id();
            fake.send(ping, new Message.Pong());
            for (int i = 0; i < 100; i++) {
                fake.turnAt(clock.get());
            }
            clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(999));
            fake.client.tick(clock.get());
            assertThat(isPending(operation)).isTrue();

            clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
            fake.client.tick(clock.get());
            assertThat(fake.next().message()).isEqualTo(new Message.Ping());
            clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(999));
            fake.client.tick(clock.get());
            assertThat(isPending(operation)).isTrue();
            clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
            fake.client.tick(clock.get());
            assertThat(wakes).hasValue(1);
            assertThat(reason(Operations.failure(operation.resume()))).isEqualTo(Reason.KEY_UNAVAILABLE);
        }
    }

    @Test
    void aKeyServerThatAcceptsAndSaysNothingIsGivenUp() throws Exception {
        try (FakeKeyServer fake = fake(options -> options.patience(Duration.ofMillis(50)))) {
            PendingOperation<byte[]> early = Operations.inProgress(sign(fake));
            fake.accept();
            fake.await("wake", () -> wakes.get() == 1);
            assertThat(reason(Operations.failure(early.resume()))).isEqualTo(Reason.KEY_UNAVAILABLE);
        }
    }

    @Test
    void aClosedClientFailsWhatIsOpenAndWhatComesLater() throws Exception {
        try (FakeKeyServer fake = fake().greet(10)) {
            PendingOperation<byte[]> operation = Operations.inProgress(sign(fake));
            fake.client.close();
            assertThat(wakes).hasValue(1);
            assertThat(reason(Operations.failure(operation.resume()))).isEqualTo(Reason.KEY_UNAVAILABLE);
            assertThat(reason(Operations.failure(sign(fake)))).isEqualTo(Reason.KEY_UNAVAILABLE);
            fake.awaitEnd();
        }
    }

    @Test
    void anAnswerThatBreaksTheProtocolEndsTheConnection() throws Exception {
        List<Message> wrong = List.of(
                new Message.Pong(),
                new Message.Keys(List.of()),
                new Message.Ping(),
                new Message.Welcome(2, 1, List.of()));
        try (FakeKeyServer fake = fake()) {
            for (Message answer : wrong) {
                fake.greet(10);
                wakes.set(0);
                PendingOperation<byte[]> operation = Operations.inProgress(sign(fake));
                long id = fake.next().id();
                fake.send(answer instanceof Message.Welcome ? 0 : id, answer);
                fake.await("wake", () -> wakes.get() == 1);
                assertThat(reason(Operations.failure(operation.resume()))).isEqualTo(Reason.KEY_UNAVAILABLE);
                fake.awaitEnd();
            }
            fake.greet(10);
            fake.send(77, new Message.Result(new byte[] {1})); // without a question
            fake.awaitEnd();
        }
    }
}
