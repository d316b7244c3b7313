package dev.lockstep.keys.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.Operations;
import dev.lockstep.keys.Requests;
import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.KeyOffer;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.Message.Failure;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureFamily;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The client of a key server against one that the test plays. */
@Timeout(60)
class KeyServerKeysTest {

    @TempDir
    Path directory;

    private final AtomicInteger wakes = new AtomicInteger();

    private FakeKeyServer fake() throws IOException {
        return new FakeKeyServer(directory, true, options -> options);
    }

    private FakeKeyServer fake(UnaryOperator<KeyServerKeys.Builder> options) throws IOException {
        return new FakeKeyServer(directory, true, options);
    }

    private static ExternalPrivateKey ec(FakeKeyServer fake) {
        return fake.client.key(TestIdentity.P256.certificate());
    }

    private static ExternalPrivateKey rsa(FakeKeyServer fake) {
        return fake.client.key(TestIdentity.RSA_2048.certificate());
    }

    private Start<byte[]> sign(FakeKeyServer fake) throws Exception {
        return ec(fake).startSign(Requests.sign(), wakes::incrementAndGet);
    }

    private static Reason reason(Throwable failure) {
        assertThat(failure).isInstanceOf(OperationException.class);
        return ((OperationException) failure).reason();
    }

    private static boolean isPending(PendingOperation<byte[]> operation) throws Exception {
        return operation.resume() instanceof Progress.InProgress<byte[]>;
    }

    @Test
    void aSignatureIsAskedForWithKeySchemeAndDeadlineAndItsAnswerWakes() throws Exception {
        try (FakeKeyServer fake = fake().greet(10)) {
            SignRequest request = new SignRequest(
                    SignatureScheme.ECDSA_SECP256R1_SHA256,
                    new byte[] {1, 2},
                    TestIdentity.P256.chain(),
                    null,
                    OptionalLong.of(System.nanoTime() + TimeUnit.SECONDS.toNanos(7)));
            PendingOperation<byte[]> operation =
                    Operations.inProgress(ec(fake).startSign(request, wakes::incrementAndGet));
            assertThat(isPending(operation)).isTrue();
            Frame frame = fake.next();
            Message.Sign sign = (Message.Sign) frame.message();
            assertThat(sign.key()).isEqualTo(KeyId.of(TestIdentity.P256.publicKey()));
            assertThat(sign.scheme()).isEqualTo(0x0403);
            assertThat(sign.input().bytes()).containsExactly(1, 2);
            assertThat(sign.millis()).isBetween(1, 7_000);
            assertThat(wakes).hasValue(0);

            fake.send(frame.id(), new Message.Result(new byte[] {9}));
            fake.await("wake", () -> wakes.get() == 1);
            assertThat(Operations.done(operation.resume())).containsExactly(9);
            assertThat(fake.client.openRequests()).isZero();
        }
    }

    @Test
    void answersInAnotherOrderReachTheirOwnOperations() throws Exception {
        try (FakeKeyServer fake = fake().greet(100)) {
            List<PendingOperation<byte[]>> operations = new ArrayList<>();
            List<Frame> asked = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                operations.add(Operations.inProgress(sign(fake)));
            }
            for (int i = 0; i < 20; i++) {
                asked.add(fake.next());
            }
            for (int i = 19; i >= 0; i--) {
                fake.send(asked.get(i).id(), new Message.Result(new byte[] {(byte) i}));
            }
            fake.await("wakes", () -> wakes.get() == 20);
            for (int i = 0; i < 20; i++) {
                assertThat(Operations.done(operations.get(i).resume())).containsExactly(i);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "UNSUPPORTED, UNSUPPORTED",
        "KEY_UNAVAILABLE, KEY_UNAVAILABLE",
        "REJECTED, REJECTED",
        "TIMED_OUT, TIMED_OUT",
        "CANCELLED, KEY_UNAVAILABLE",
        "FAILED, KEY_UNAVAILABLE"
    })
    void aRefusalBecomesAFailureOfItsKind(Failure refusal, Reason reason) throws Exception {
        try (FakeKeyServer fake = fake().greet(10)) {
            PendingOperation<byte[]> operation = Operations.inProgress(sign(fake));
            fake.send(fake.next().id(), new Message.Failed(refusal));
            fake.await("wake", () -> wakes.get() == 1);
            assertThat(reason(Operations.failure(operation.resume()))).isEqualTo(reason);
        }
    }

    @Test
    void aDecryptionIsAskedForWhereThatWasChosenAndHas48Bytes() throws Exception {
        try (FakeKeyServer fake = fake(options -> options.decryption(KeyServerKeys.Decryption.OR_RANDOM))
                .greet(10)) {
            // No key was offered by the welcome: a key made after it cannot decrypt, one made before it might have.
            assertThat(rsa(fake).canDecrypt()).isFalse();
        }
        try (FakeKeyServer fake = fake(options -> options.decryption(KeyServerKeys.Decryption.OR_RANDOM))) {
            ExternalPrivateKey key = rsa(fake);
            fake.greet(10);
            for (int answered : new int[] {48, 47, 256}) {
                PendingOperation<byte[]> operation =
                        Operations.inProgress(key.startDecrypt(Requests.decrypt(), wakes::incrementAndGet));
                Frame frame = fake.next();
                assertThat(frame.message()).isInstanceOf(Message.Decrypt.class);
                wakes.set(0);
                fake.send(frame.id(), new Message.Result(new byte[answered]));
                fake.await("wake", () -> wakes.get() == 1);
                if (answered == 48) {
                    assertThat(Operations.done(operation.resume())).hasSize(48);
                } else {
                    assertThat(reason(Operations.failure(operation.resume()))).isEqualTo(Reason.INVALID_OUTPUT);
                }
            }
        }
    }

    @Test
    void capabilitiesComeFromTheCertificateBeforeThereIsAConnection() throws Exception {
        try (FakeKeyServer fake = new FakeKeyServer(directory, false, options -> options)) {
            assertThat(ec(fake).canDecrypt()).isFalse();
            assertThat(ec(fake).signatureSchemes()).allMatch(scheme -> scheme.family() == SignatureFamily.ECDSA);
            assertThat(rsa(fake).canDecrypt()).isFalse(); // nothing decrypts unless that is asked for
            assertThat(rsa(fake).signatureSchemes())
                    .contains(SignatureScheme.RSA_PKCS1_SHA256, SignatureScheme.RSA_PSS_RSAE_SHA256)
                    .noneMatch(scheme -> scheme.family() == SignatureFamily.ECDSA);
        }
        KeyServerKeys asked = KeyServerKeys.unix(directory.resolve("x"))
                .decryption(KeyServerKeys.Decryption.OR_RANDOM)
                .build();
        assertThat(asked.key(TestIdentity.RSA_2048.certificate()).canDecrypt()).isTrue();
    }

    @Test
    void theWelcomeSaysWhichKeysDecrypt() throws Exception {
        KeyId id = KeyId.of(TestIdentity.RSA_2048.publicKey());
        for (boolean decrypts : new boolean[] {true, false}) {
            try (FakeKeyServer fake = fake(options -> options.decryption(KeyServerKeys.Decryption.OR_RANDOM))) {
                fake.offers = List.of(new KeyOffer(id, true, decrypts));
                fake.greet(10);
                assertThat(rsa(fake).canDecrypt()).isEqualTo(decrypts);
            }
        }
    }

    @Test
    void aKeyServerOfAnotherVersionIsNamedAsSuch() throws Exception {
        try (FakeKeyServer fake = fake()) {
            fake.accept();
            assertThat(fake.next().message()).isEqualTo(new Message.Hello(2, 2));
            PendingOperation<byte[]> waiting = Operations.inProgress(sign(fake));
            fake.send(0, new Message.Failed(Failure.UNSUPPORTED)); // what one of version 1 says
            fake.await("wake", () -> wakes.get() == 1);
            assertThat(Operations.failure(waiting.resume())).hasMessageContaining("does not speak version 2");
        }
    }

    @Test
    void aCancelledOperationIsCancelledThereTooAndItsAnswerTakenInSilence() throws Exception {
        try (FakeKeyServer fake = fake().greet(10)) {
            PendingOperation<byte[]> operation = Operations.inProgress(sign(fake));
            long id = fake.next().id();
            operation.cancel();
            assertThat(fake.next()).isEqualTo(new Frame(id, new Message.Cancel()));
            assertThat(fake.client.openRequests()).isEqualTo(1); // it still takes up a place there
            fake.send(id, new Message.Result(new byte[] {1}));
            fake.await("answer", () -> fake.client.openRequests() == 0);
            assertThat(wakes).hasValue(0);
            assertThat(fake.client.isConnected()).isTrue();
        }
    }

    @Test
    void aResultThatNobodyWantsIsWipedWheneverItComes() {
        byte[] late = {1, 2, 3};
        KeyServerOperation cancelledBefore = new KeyServerOperation(1, () -> {}, 0, operation -> {});
        cancelledBefore.cancel();
        cancelledBefore.complete(late);
        byte[] unfetched = {1, 2, 3};
        KeyServerOperation cancelledAfter = new KeyServerOperation(2, () -> {}, 0, operation -> {});
        cancelledAfter.complete(unfetched);
        cancelledAfter.cancel();
        byte[] wrongLength = {1, 2, 3};
        new KeyServerOperation(3, () -> {}, 48, operation -> {}).complete(wrongLength);
        assertThat(late).containsOnly(0);
        assertThat(unfetched).containsOnly(0);
        assertThat(wrongLength).containsOnly(0);
    }

    @Test
    void noMoreRequestsAreOpenThanTheClientOrTheKeyServerAllows() throws Exception {
        try (FakeKeyServer fake = fake(options -> options.maxOpen(5)).greet(3)) {
            PendingOperation<byte[]> first = Operations.inProgress(sign(fake));
            Operations.inProgress(sign(fake));
            Operations.inProgress(sign(fake));
            assertThat(reason(Operations.failure(sign(fake)))).isEqualTo(Reason.REJECTED);
            fake.send(fake.next().id(), new Message.Result(new byte[] {1}));
            fake.await("answer", () -> fake.client.openRequests() == 2);
            Operations.done(first.resume());
            Operations.inProgress(sign(fake));
        }
    }

    @Test
    void noMoreBytesWaitToBeSentThanTheBound() throws Exception {
        try (FakeKeyServer fake = fake(options -> options.maxOpen(65_535)).greet(65_535)) {
            SignRequest large = new SignRequest(
                    SignatureScheme.ECDSA_SECP256R1_SHA256,
                    new byte[8_000],
                    TestIdentity.P256.chain(),
                    null,
                    OptionalLong.empty());
            int accepted = 0;
            Start<byte[]> start = ec(fake).startSign(large, () -> {});
            while (start instanceof Start.InProgress<byte[]> && accepted < 65_535) {
                accepted++;
                start = ec(fake).startSign(large, () -> {}); // the key server reads nothing meanwhile
            }
            assertThat(reason(Operations.failure(start))).isEqualTo(Reason.REJECTED);
            assertThat(accepted).isBetween(500, 600); // 4 MiB of them
        }
    }

    @Test
    void aMessageTooLongForAFrameAndADeadlineThatHasPassedFailAtOnce() throws Exception {
        try (FakeKeyServer fake = fake().greet(10)) {
            SignatureScheme scheme = SignatureScheme.ECDSA_SECP256R1_SHA256;
            SignRequest tooLong = new SignRequest(
                    scheme, new byte[Message.MAX_INPUT + 1], TestIdentity.P256.chain(), null, OptionalLong.empty());
            assertThat(reason(Operations.failure(ec(fake).startSign(tooLong, () -> {}))))
                    .isEqualTo(Reason.UNSUPPORTED);
            SignRequest tooLate = new SignRequest(
                    scheme, new byte[1], TestIdentity.P256.chain(), null, OptionalLong.of(System.nanoTime() - 1));
            assertThat(reason(Operations.failure(ec(fake).startSign(tooLate, () -> {}))))
                    .isEqualTo(Reason.TIMED_OUT);
            assertThat(fake.client.openRequests()).isZero();
        }
    }

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
        try (FakeKeyServer nobody = new FakeKeyServer(directory, false, options -> options)) {
            assertThat(reason(Operations.failure(sign(nobody)))).isEqualTo(Reason.KEY_UNAVAILABLE);
            nobody.listen();
            nobody.greet(10);
            Operations.inProgress(sign(nobody));
        }
    }

    @Test
    void aKeyServerThatIsNotThereIsTriedAgainAfterPausesThatGrowToABound() throws Exception {
        AtomicLong clock = new AtomicLong(1_000_000_000L);
        KeyServerKeys keys = KeyServerKeys.unix(directory.resolve("nobody.sock"))
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
    void aSecondThreadIsToldOfItsMistake() throws Exception {
        try (FakeKeyServer fake = fake().greet(10)) {
            ExternalPrivateKey key = ec(fake);
            CompletableFuture<Start<byte[]>> elsewhere = CompletableFuture.supplyAsync(() -> {
                try {
                    return key.startSign(Requests.sign(), () -> {});
                } catch (Exception e) { // boundary: Supplier throws nothing that is checked
                    throw new java.util.concurrent.CompletionException(e);
                }
            });
            assertThatThrownBy(elsewhere::join).hasCauseInstanceOf(IllegalStateException.class);
            assertThat(fake.client.openRequests()).isZero();
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
            fake.send(77, new Message.Result(new byte[] {1})); // nobody asked
            fake.awaitEnd();
        }
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        KeyServerKeys.Builder builder = KeyServerKeys.unix(directory.resolve("x"));
        assertThatThrownBy(() -> builder.maxOpen(0)).hasMessageStartingWith("maxOpen:");
        assertThatThrownBy(() -> builder.maxOpen(65_536)).hasMessageStartingWith("maxOpen:");
        assertThatThrownBy(() -> builder.reconnect(Duration.ZERO, Duration.ofSeconds(1)))
                .hasMessageStartingWith("first:");
        assertThatThrownBy(() -> builder.reconnect(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessageStartingWith("longest:");
        assertThatThrownBy(() -> builder.patience(Duration.ofHours(1))).hasMessageStartingWith("silence:");
        assertThatThrownBy(() -> builder.build().credential(List.of())).hasMessageStartingWith("chain:");
    }
}
