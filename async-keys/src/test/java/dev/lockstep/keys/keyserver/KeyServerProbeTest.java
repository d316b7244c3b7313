package dev.lockstep.keys.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.KeyOffer;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.wait.OperationException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How clients learn which keys a key server has. */
@Timeout(60)
class KeyServerProbeTest {

    @TempDir
    Path directory;

    @Test
    void anInterruptEndsTheQuestionToOneThatDoesNotAnswer() throws Exception {
        try (FakeKeyServer silent = new FakeKeyServer(directory, true, UnaryOperator.identity())) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(silent.client::learn)
                    .isInstanceOf(OperationException.class)
                    .hasMessageStartingWith("interrupted");
            assertThat(Thread.interrupted()).isTrue();
        } finally {
            boolean unused = Thread.interrupted();
        }
    }

    @Test
    void whatOneLoopWasToldIsKnownToTheOthers() throws Exception {
        KeyId id = KeyId.of(TestIdentity.P256.publicKey());
        try (FakeKeyServer fake = new FakeKeyServer(directory, true, UnaryOperator.identity());
                KeyServerKeys other = KeyServerKeys.unix(fake.socket).build()) {
            fake.offers = List.of(new KeyOffer(id, true, false));
            fake.greet(10);
            assertThat(other.offers(TestIdentity.P256.certificate())).isFalse();
            other.learnFrom(fake.client);
            assertThat(other.offers(TestIdentity.P256.certificate())).isTrue();
            assertThat(other.offers(TestIdentity.P384.certificate())).isFalse();
            assertThat(other.offered()).isEqualTo(1);
        }
    }
}
