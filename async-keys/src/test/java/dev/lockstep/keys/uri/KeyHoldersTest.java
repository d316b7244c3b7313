package dev.lockstep.keys.uri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.lockstep.testkit.certificate.TestIdentity;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a server while one of its threads waits for a holder of keys. */
@Timeout(60)
class KeyHoldersTest {

    @Test
    void aThreadThatIsHeldUpWhileItAsksForAKeyDoesNotKeepTheOwnerFromClosing() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        KeyHolders holders = new KeyHolders(name -> {
            entered.countDown();
            try {
                assertThat(answered.await(40, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return null;
        });
        FutureTask<Object> asking =
                new FutureTask<>(() -> holders.key(new KeyUri.InSshAgent(null), TestIdentity.P256.certificate()));
        Thread thread = new Thread(asking);
        thread.setDaemon(true);
        thread.start();
        assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
        assertTimeoutPreemptively(Duration.ofSeconds(20), holders::close);
        answered.countDown();
    }
}
