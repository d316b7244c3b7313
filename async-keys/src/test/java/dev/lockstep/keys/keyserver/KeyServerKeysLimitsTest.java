package dev.lockstep.keys.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.Operations;
import dev.lockstep.keys.Requests;
import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Start;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bounds of the client of a key server, and operations that are given up. */
@Timeout(60)
class KeyServerKeysLimitsTest extends KeyServerKeysTestCase {

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
    void aResultThatIsNotWantedIsWipedWheneverItComes() {
        byte[] late = {1, 2, 3};
        KeyServerOperation cancelledBefore = new KeyServerOperation(1, () -> {}, 0, operation -> {});
        cancelledBefore.cancel();
        cancelledBefore.complete(late, false);
        byte[] unfetched = {1, 2, 3};
        KeyServerOperation cancelledAfter = new KeyServerOperation(2, () -> {}, 0, operation -> {});
        cancelledAfter.complete(unfetched, true);
        cancelledAfter.cancel();
        byte[] wrongLength = {1, 2, 3};
        new KeyServerOperation(3, () -> {}, 48, operation -> {}).complete(wrongLength, false);
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
