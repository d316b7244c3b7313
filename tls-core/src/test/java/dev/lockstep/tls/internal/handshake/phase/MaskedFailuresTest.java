package dev.lockstep.tls.internal.handshake.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.internal.handshake.phase.MaskedFailures.Defect;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the observer hears of failures once the client's Finished was checked. */
class MaskedFailuresTest {

    private static final Exception FAULT = new Exception("down");

    private final MaskedFailures failures = new MaskedFailures();
    private final List<SuspensionKind> kinds = new ArrayList<>();
    private final List<Throwable> causes = new ArrayList<>();
    private boolean throwing;

    private final ConnectionObserver observer = new ConnectionObserver() {
        @Override
        public void onOperationFailed(SuspensionKind kind, Throwable cause) {
            kinds.add(kind);
            causes.add(cause);
            if (throwing) {
                throw new IllegalStateException("an observer's fault");
            }
        }
    };

    @Test
    void aGoodEndIsNotReported() {
        failures.report(observer);
        failures.keep(SuspensionKind.DECRYPT, Progress.done(new byte[48]));
        failures.keep(SuspensionKind.DECRYPT, Defect.NONE);
        failures.report(observer);
        assertThat(causes).isEmpty();
    }

    @Test
    void aFailedOperationIsReportedOnceWhateverElseIsWrong() {
        failures.keep(SuspensionKind.DECRYPT, Progress.failed(FAULT));
        failures.keep(SuspensionKind.DECRYPT, Defect.NO_PREMASTER);
        failures.report(observer);
        failures.report(observer);
        assertThat(kinds).containsExactly(SuspensionKind.DECRYPT);
        assertThat(causes).containsExactly(FAULT);
    }

    @ParameterizedTest
    @CsvSource({
        "NO_PREMASTER, INVALID_OUTPUT, premaster",
        "UNKNOWN_IDENTITY, KEY_UNAVAILABLE, identity",
        "UNUSABLE_PSK, INVALID_OUTPUT, pre-shared key"
    })
    void aDefectIsReportedAsAFailureOfItsReason(Defect defect, Reason reason, String text) {
        failures.keep(SuspensionKind.PSK_LOOKUP, Progress.done(new byte[1]));
        failures.keep(SuspensionKind.PSK_LOOKUP, defect);
        failures.report(observer);
        assertThat(kinds).containsExactly(SuspensionKind.PSK_LOOKUP);
        assertThat(causes).singleElement().isInstanceOfSatisfying(OperationException.class, failure -> assertThat(
                        failure.reason())
                .isEqualTo(reason));
        assertThat(causes.get(0)).hasMessageContaining(text);
    }

    @Test
    void anObserverThatThrowsHearsOfEachFailureOnceAllTheSame() {
        failures.keep(SuspensionKind.PSK_LOOKUP, Progress.failed(FAULT));
        failures.keep(SuspensionKind.DECRYPT, Defect.NO_PREMASTER);
        throwing = true;
        assertThatIllegalStateException().isThrownBy(() -> failures.report(observer));
        assertThatIllegalStateException().isThrownBy(() -> failures.report(observer));
        failures.report(observer);
        assertThat(kinds).containsExactlyInAnyOrder(SuspensionKind.PSK_LOOKUP, SuspensionKind.DECRYPT);
    }
}
