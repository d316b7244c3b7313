package dev.lockstep.keys.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.Requests;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.io.TempDir;

/** What the tests of the client of a key server share: one that the test plays, and its keys. */
abstract class KeyServerKeysTestCase {

    @TempDir
    Path directory;

    final AtomicInteger wakes = new AtomicInteger();

    final FakeKeyServer fake() throws IOException {
        return new FakeKeyServer(directory, true, options -> options);
    }

    final FakeKeyServer fake(UnaryOperator<KeyServerKeys.Builder> options) throws IOException {
        return new FakeKeyServer(directory, true, options);
    }

    static ExternalPrivateKey ec(FakeKeyServer fake) {
        return fake.client.key(TestIdentity.P256.certificate());
    }

    static ExternalPrivateKey rsa(FakeKeyServer fake) {
        return fake.client.key(TestIdentity.RSA_2048.certificate());
    }

    final Start<byte[]> sign(FakeKeyServer fake) throws Exception {
        return ec(fake).startSign(Requests.sign(), wakes::incrementAndGet);
    }

    static Reason reason(Throwable failure) {
        assertThat(failure).isInstanceOf(OperationException.class);
        return ((OperationException) failure).reason();
    }

    static boolean isPending(PendingOperation<byte[]> operation) throws Exception {
        return operation.resume() instanceof Progress.InProgress<byte[]>;
    }
}
