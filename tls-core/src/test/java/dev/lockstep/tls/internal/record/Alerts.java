package dev.lockstep.tls.internal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.AlertDescription;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Assertions on which alert something ends with. */
final class Alerts {
    private Alerts() {}

    static void assertAlert(AlertDescription expected, ThrowingCallable code) {
        assertThatExceptionOfType(FatalAlert.class).isThrownBy(code).satisfies(alert -> assertThat(alert.description())
                .isEqualTo(expected));
    }
}
