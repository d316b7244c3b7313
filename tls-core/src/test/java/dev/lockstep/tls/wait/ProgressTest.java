package dev.lockstep.tls.wait;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What operations answer, as values. */
class ProgressTest {

    private static final byte[] SECRET = "a secret".getBytes(StandardCharsets.US_ASCII);
    private static final Exception CAUSE = new Exception("a cause");

    @Test
    void whatIsDoneHasItsValueAndWhatIsNotHasTheOther() {
        Progress<String> done = Progress.done("value");
        assertThat(done.valueOr("other")).isEqualTo("value");
        assertThat(Progress.<String>failed(CAUSE).valueOr("other")).isEqualTo("other");
        assertThat(Progress.<String>inProgress().valueOr("other")).isEqualTo("other");
        assertThat(done).isInstanceOfSatisfying(Progress.Done.class, it -> {
            assertThat(it.value()).isEqualTo("value");
            assertThat(it.verified()).isFalse();
        });
        assertThat(Progress.verified(SECRET)).isInstanceOfSatisfying(Progress.Done.class, it -> {
            assertThat(it.value()).isSameAs(SECRET);
            assertThat(it.verified()).isTrue();
        });
        assertThat(Progress.failed(CAUSE)).isInstanceOfSatisfying(Progress.Failed.class, it -> {
            assertThat(it.cause()).isSameAs(CAUSE);
        });
    }

    @Test
    void nothingIsNoValueAndNoCause() {
        assertThatNullPointerException().isThrownBy(() -> Progress.done(null));
        assertThatNullPointerException().isThrownBy(() -> Progress.verified(null));
        assertThatNullPointerException().isThrownBy(() -> Progress.failed(null));
        assertThatNullPointerException().isThrownBy(() -> Start.failed(null));
        assertThatNullPointerException().isThrownBy(() -> Start.ready(null));
        assertThatNullPointerException().isThrownBy(() -> Start.inProgress(null));
        assertThatNullPointerException().isThrownBy(() -> new OperationException(null, "no reason"));
    }

    @Test
    void whatSaysTheSameIsEqual() {
        assertThat(Progress.done("value")).isEqualTo(Progress.done("value")).hasSameHashCodeAs(Progress.done("value"));
        assertThat(Progress.done("value")).isNotEqualTo(Progress.done("other"));
        assertThat(Progress.done("value").hashCode())
                .isNotEqualTo(Progress.done("other").hashCode());
        assertThat(Progress.verified(SECRET)).isEqualTo(Progress.verified(SECRET));
        assertThat(Progress.verified(SECRET)).isNotEqualTo(Progress.done(SECRET));
        assertThat(Progress.failed(CAUSE)).isEqualTo(Progress.failed(CAUSE));
        assertThat(Progress.failed(CAUSE)).isNotEqualTo(Progress.done(CAUSE));
        assertThat(Progress.failed(CAUSE)).isNotEqualTo("a cause");
        assertThat(Progress.inProgress()).isSameAs(Progress.inProgress());
    }

    @Test
    void noTextHasTheValue() {
        assertThat(Progress.done("a secret")).hasToString("Done");
        assertThat(Progress.failed(CAUSE)).hasToString("Failed");
        assertThat(Progress.inProgress()).hasToString("InProgress");
    }

    @Test
    void anInterruptedOperationLeavesTheThreadInterrupted() {
        InterruptedException interrupt = new InterruptedException();
        assertThat(Progress.thrown(CAUSE)).isEqualTo(Progress.failed(CAUSE));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(Progress.thrown(interrupt)).isEqualTo(Progress.failed(interrupt));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aStartSaysHowItWent() throws Exception {
        PendingOperation<String> operation = Progress::inProgress;
        assertThat(Start.ready(operation)).isEqualTo(new Start.Ready<>(operation));
        assertThat(Start.inProgress(operation)).isEqualTo(new Start.InProgress<>(operation));
        assertThat(Start.failed(CAUSE)).isEqualTo(new Start.Failed<>(CAUSE));
        assertThat(Start.fallThrough()).isInstanceOf(Start.FallThrough.class);
        Start<String> done = Start.done("value");
        assertThat(((Start.Ready<String>) done).operation().resume()).isEqualTo(Progress.done("value"));
    }

    @Test
    void aFailureHasItsReason() {
        OperationException failure = new OperationException(Reason.REJECTED, "no", CAUSE);
        assertThat(failure.reason()).isEqualTo(Reason.REJECTED);
        assertThat(failure).hasMessage("no").hasCause(CAUSE);
        assertThat(new OperationException(Reason.TIMED_OUT, "late")).hasNoCause();
    }

    @Test
    void aRefusalHasAnAlertThatMayBeFatal() {
        RefusedException refusal = new RefusedException(AlertDescription.ACCESS_DENIED, "not you");
        assertThat(refusal.alert()).isEqualTo(AlertDescription.ACCESS_DENIED);
        assertThat(refusal.reason()).isEqualTo("not you");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RefusedException(AlertDescription.CLOSE_NOTIFY, "not you"))
                .withMessageContaining("close_notify");
    }
}
