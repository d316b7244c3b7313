package dev.lockstep.keys.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.Operations;
import dev.lockstep.keys.Requests;
import dev.lockstep.keys.Signal;
import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A key server on a thread of its own, whose keys any thread uses. */
@Timeout(60)
class KeyServerThreadTest extends KeyServerKeysTestCase {

    private final Signal answered = new Signal();

    /** A thread whose connection is the one that the fake speaks to, and the key that it gives. */
    private KeyServerThread connected(FakeKeyServer fake) throws Exception {
        return connected(fake, options -> options);
    }

    private KeyServerThread connected(FakeKeyServer fake, UnaryOperator<KeyServerKeys.Builder> options)
            throws Exception {
        fake.greet(10); // the fake's own client
        KeyServerThread thread = KeyServerThread.start(options.apply(KeyServerKeys.unix(fake.socket)));
        fake.accept();
        fake.next();
        fake.send(0, new Message.Welcome(Message.VERSION, 10, List.of()));
        return thread;
    }

    private static ExternalPrivateKey key(KeyServerThread thread) {
        return thread.key(TestIdentity.P256.certificate());
    }

    private PendingOperation<byte[]> sign(ExternalPrivateKey key) throws Exception {
        return Operations.inProgress(CompletableFuture.supplyAsync(() -> {
                    try {
                        return key.startSign(Requests.sign(), answered);
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                })
                .get(20, TimeUnit.SECONDS));
    }

    @Test
    void anyThreadStartsOperationsAndTheirAnswersWake() throws Exception {
        try (FakeKeyServer fake = fake();
                KeyServerThread thread = connected(fake)) {
            PendingOperation<byte[]> first = sign(key(thread));
            Frame one = fake.next();
            PendingOperation<byte[]> second = sign(key(thread));
            Frame other = fake.next();
            assertThat(isPending(first)).isTrue();
            fake.send(other.id(), new Message.Result(new byte[] {2}));
            answered.await();
            assertThat(Operations.done(second.resume())).containsExactly(2);
            fake.send(one.id(), new Message.Result(new byte[] {1}));
            answered.await();
            assertThat(Operations.done(first.resume())).containsExactly(1);
        }
    }

    @Test
    void anErrorOfOneOperationDoesNotEndTheOthers() throws Exception {
        try (FakeKeyServer fake = fake();
                KeyServerThread thread = connected(fake)) {
            Operations.inProgress(key(thread).startSign(Requests.sign(), () -> {
                throw new OutOfMemoryError("as if it had run out");
            }));
            fake.send(fake.next().id(), new Message.Result(new byte[] {1}));
            PendingOperation<byte[]> next = sign(key(thread));
            fake.send(fake.next().id(), new Message.Result(new byte[] {2}));
            answered.await();
            assertThat(Operations.done(next.resume())).containsExactly(2);
        }
    }

    @Test
    void anErrorOfTheObserverDoesNotEndTheKeys() throws Exception {
        KeyServerObserver failing = new KeyServerObserver() {
            @Override
            public void onConnected() {
                throw new OutOfMemoryError("as if it had run out");
            }
        };
        try (FakeKeyServer fake = fake();
                KeyServerThread thread = connected(fake, options -> options.observer(failing))) {
            PendingOperation<byte[]> operation = sign(key(thread));
            fake.send(fake.next().id(), new Message.Result(new byte[] {1}));
            answered.await();
            assertThat(Operations.done(operation.resume())).containsExactly(1);
        }
    }

    @Test
    void theKeyServerLearnsThatAnOperationIsCancelled() throws Exception {
        try (FakeKeyServer fake = fake();
                KeyServerThread thread = connected(fake)) {
            PendingOperation<byte[]> operation = sign(key(thread));
            Frame asked = fake.next();
            operation.cancel();
            Frame cancel = fake.next();
            assertThat(cancel.id()).isEqualTo(asked.id());
            assertThat(cancel.message()).isInstanceOf(Message.Cancel.class);
            fake.send(asked.id(), new Message.Result(new byte[] {9}));
            PendingOperation<byte[]> next = sign(key(thread));
            fake.send(fake.next().id(), new Message.Result(new byte[] {3}));
            answered.await();
            assertThat(Operations.done(next.resume())).containsExactly(3);
            assertThat(answered.pending()).isZero();
        }
    }

    @Test
    void whatIsOpenFailsWhenTheConnectionIsLost() throws Exception {
        try (FakeKeyServer fake = fake();
                KeyServerThread thread = connected(fake)) {
            PendingOperation<byte[]> operation = sign(key(thread));
            fake.next();
            fake.hangUp();
            answered.await();
            assertThat(reason(Operations.failure(operation.resume()))).isEqualTo(Reason.KEY_UNAVAILABLE);
        }
    }

    @Test
    void whatIsOpenFailsWhenTheThreadIsClosedAndSoDoesWhatComesLater() throws Exception {
        try (FakeKeyServer fake = fake()) {
            KeyServerThread thread = connected(fake);
            PendingOperation<byte[]> operation = sign(key(thread));
            fake.next();
            thread.close();
            answered.await();
            assertThat(reason(Operations.failure(operation.resume()))).isEqualTo(Reason.KEY_UNAVAILABLE);
            assertThat(reason(Operations.failure(key(thread).startSign(Requests.sign(), answered))))
                    .isEqualTo(Reason.KEY_UNAVAILABLE);
            fake.awaitEnd();
        }
    }
}
