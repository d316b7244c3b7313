package dev.lockstep.conversations.suspend;

import static dev.lockstep.testkit.Conversation.fullAnswer;
import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.config;
import static dev.lockstep.testkit.TestServers.decryptingClient;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.Setting;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.KeyForm;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No wake-up is lost, whenever it comes, and none does harm. */
class WakeUpTest {

    private static final String INPUTS = "dev.lockstep.conversations.fixture.Setting#inputs";
    private static final String INPUT_FORMS = "dev.lockstep.testkit.Forms#inputs";

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aWakeBeforeStartReturnedIsNotLost(Setting setting) {
        RecordingKey key =
                new RecordingKey(setting.identity()).answers(KeyScript.manual().wakesInsideStart());
        Conversation conversation = signing(config(key.credential()), setting);
        conversation.server().awaitWake();
        goesOn(conversation);
        if (setting.identity().isRsa()) {
            Conversation decrypting = Conversation.of(config(key.credential()), decryptingClient(), setting.forms());
            decrypting.clientHelloAndAnswer().secondFlight();
            decrypting.server().suspendsFor(SuspensionKind.DECRYPT);
            decrypting.server().awaitWake();
            decrypting.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        }
        key.assertDisciplined();
    }

    private static Conversation signing(TlsServerConfig config, Setting setting) {
        Conversation conversation = Conversation.of(config, setting.signingClient(), setting.forms());
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        return conversation;
    }

    private static void goesOn(Conversation conversation) {
        conversation.server().answers(fullAnswer());
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        conversation.exchangesData();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aWakeBetweenTheReturnOfStartAndTheEndOfTheStepIsNotLost(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        ConnectionObserver inBetween = new ConnectionObserver() {
            @Override
            public void onSuspend(Suspension suspension) {
                key.operation().complete();
            }
        };
        Conversation conversation =
                signing(builder(key.credential()).observer(inBetween).build(), setting);
        conversation.server().awaitWake();
        goesOn(conversation);
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aWakeWhileTheStepPollsIsNotLost(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity());
        key.signs(KeyScript.manual().afterEmptyPoll(() -> key.operation().complete()));
        Conversation conversation = signing(config(key.credential()), setting);
        assertThat(conversation.server().wakeUps()).isZero();
        assertThat(conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        conversation.server().awaitWake();
        goesOn(conversation);
        assertThat(key.operation().resumes()).isEqualTo(2);
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aWakeTwiceDoesNoHarm(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = signing(config(key.credential()), setting);
        key.operation().complete();
        key.operation().waker().wake();
        assertThat(conversation.server().wakeUps()).isBetween(1, 2);
        goesOn(conversation);
        assertThat(key.operation().resumes()).isEqualTo(1);
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUTS)
    void aSpuriousWakeLeavesItPendingAndTheRealOneStillCounts(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        Conversation conversation = signing(config(key.credential()), setting);
        for (int i = 0; i < 5; i++) {
            key.operation().waker().wake();
            assertThat(conversation.server().wakeUps()).isEqualTo(1);
            assertThat(conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        }
        key.operation().complete();
        assertThat(conversation.server().wakeUps()).isEqualTo(1);
        goesOn(conversation);
        key.assertDisciplined();
    }

    /** Netty #11537 and its like: what is left of one wait must not be taken for another. */
    @ParameterizedTest
    @MethodSource(INPUTS)
    void aStaleWakerDoesNotTouchALaterWait(Setting setting) {
        RecordingKey key = new RecordingKey(setting.identity()).signs(KeyScript.manual());
        List<Waker> wakers = new ArrayList<>();
        boolean[] chosen = new boolean[1];
        CredentialSelector selector = (request, waker) -> {
            wakers.add(waker);
            return Start.inProgress(() -> chosen[0] ? Progress.done(List.of(key.credential())) : Progress.inProgress());
        };
        TlsServerConfig config = builder().credentialSelector(selector).build();
        Conversation conversation = Conversation.of(config, setting.signingClient(), setting.forms());
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(SuspensionKind.CREDENTIAL_SELECTION);
        chosen[0] = true;
        wakers.get(0).wake();
        conversation.server().awaitWake();
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        int resumes = key.operation().resumes();
        wakers.get(0).wake();
        assertThat(conversation.server().wakeUps()).isZero();
        assertThat(key.operation().resumes()).isEqualTo(resumes);
        key.operation().complete();
        assertThat(conversation.server().wakeUps()).isEqualTo(1);
        goesOn(conversation);
        assertThat(wakers).hasSize(1);
        key.operation().waker().wake();
        assertThat(conversation.server().wakeUps()).isZero();
        key.assertDisciplined();
    }

    @ParameterizedTest
    @MethodSource(INPUT_FORMS)
    void everyKeyOnAnotherThreadWakesItsConnection(Forms forms) {
        Forms threaded = new Forms(forms.input(), KeyForm.OTHER_THREAD, forms.buffers());
        RecordingKey key = new RecordingKey(TestIdentity.P256);
        TlsServerConfig config = config(key.credential());
        for (int i = 0; i < 50; i++) {
            key.signs(threaded.script());
            ClientOptions options = ClientOptions.offering(Setting.signingSuite(TestIdentity.P256));
            Conversation.of(config, options.seed(i), threaded).completes();
        }
        key.assertDisciplined();
    }

    /**
     * A thread publishes a number and wakes; the loop steps only when woken. The next number is published as soon as
     * resume has read the last one, so the wake races with the rest of that step, every time.
     */
    @Test
    void aRacingThreadIsHeardInEachOf100000Rounds() throws Exception {
        int rounds = Integer.getInteger("lockstep.test.wakeRounds", 100_000);
        Racer racer = new Racer(rounds);
        CredentialSelector selector = (request, waker) -> {
            racer.waker = waker;
            return Start.inProgress(racer);
        };
        Credential credential = new RecordingKey(TestIdentity.P256).credential();
        TlsServerConfig config =
                builder(credential).credentialSelector(selector).build();
        Semaphore woken = new Semaphore(0);
        TlsServerConnection tls = TlsServerConnection.create(config, waiting -> woken.release());
        ScriptedClient client = new ScriptedClient(ClientOptions.defaults());
        ByteBuffer in =
                ByteBuffer.wrap(client.sends(clientHello()).takeRecords().get(0));
        ByteBuffer out = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
        StepResult result;
        do {
            result = tls.step(in, out);
        } while (result == StepResult.PROGRESSED);
        assertThat(result).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        Thread thread = new Thread(racer, "racer");
        thread.start();
        while (result == StepResult.ASYNC_IN_PROGRESS && racer.seen < rounds) {
            assertThat(woken.tryAcquire(20, TimeUnit.SECONDS))
                    .as("woken after round %s", racer.seen)
                    .isTrue();
            woken.drainPermits();
            result = tls.step(in, out);
        }
        thread.join(20_000);
        assertThat(thread.isAlive()).isFalse();
        assertThat(racer.seen).isEqualTo(rounds);
    }

    private static final class Racer implements PendingOperation<List<Credential>>, Runnable {
        private final int rounds;
        private final AtomicLong published = new AtomicLong();
        private volatile long seen;
        private volatile Waker waker;

        Racer(int rounds) {
            this.rounds = rounds;
        }

        @Override
        public Progress<List<Credential>> resume() {
            seen = published.get();
            return Progress.inProgress();
        }

        @Override
        public void run() {
            for (long round = 1; round <= rounds; round++) {
                published.set(round);
                waker.wake();
                if (round % 3 == 0) {
                    waker.wake();
                }
                long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
                while (seen < round) {
                    Thread.onSpinWait();
                    if (System.nanoTime() - giveUp > 0) {
                        return;
                    }
                }
                // sometimes the racer is the one who comes late
                if (round % 64 == 0) {
                    LockSupport.parkNanos(1);
                }
            }
        }
    }
}
