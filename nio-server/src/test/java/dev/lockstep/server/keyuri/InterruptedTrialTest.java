package dev.lockstep.server.keyuri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server ends while it tries a key out: the thread is interrupted. */
@Timeout(60)
class InterruptedTrialTest {

    /** Never answers, or is interrupted when it is asked. */
    private static final class Silent implements ExternalPrivateKey {

        private final boolean isInterrupted;
        private int cancelled;

        Silent(boolean isInterrupted) {
            this.isInterrupted = isInterrupted;
        }

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return Set.of(SignatureScheme.ECDSA_SECP256R1_SHA256);
        }

        @Override
        public boolean canDecrypt() {
            return false;
        }

        @Override
        public Start<byte[]> startSign(SignRequest request, Waker waker) throws InterruptedException {
            if (isInterrupted) {
                throw new InterruptedException("while the key was asked");
            }
            return Start.inProgress(new PendingOperation<>() {
                @Override
                public Progress<byte[]> resume() {
                    return Progress.inProgress();
                }

                @Override
                public void cancel() {
                    cancelled++;
                }
            });
        }

        @Override
        public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
            throw new UnsupportedOperationException();
        }
    }

    @AfterEach
    void forgetTheInterrupt() {
        boolean unused = Thread.interrupted();
    }

    private static void assertInterrupted(Silent key) {
        Credential credential = Credential.external(TestIdentity.P256.chain(), key);
        assertThatThrownBy(() -> KeyTrial.run(credential, null))
                .isInstanceOf(OperationException.class)
                .hasMessage("the trial was interrupted")
                .extracting(e -> ((OperationException) e).reason())
                .isEqualTo(Reason.KEY_UNAVAILABLE);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    @Test
    void aKeyThatIsWaitedForIsCancelledImmediately() {
        Silent key = new Silent(false);
        Thread.currentThread().interrupt();
        assertInterrupted(key);
        assertThat(key.cancelled).isEqualTo(1);
    }

    @Test
    void anInterruptInTheKeyIsNotLost() {
        assertInterrupted(new Silent(true));
    }
}
