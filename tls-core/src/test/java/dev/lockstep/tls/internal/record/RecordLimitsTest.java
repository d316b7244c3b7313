package dev.lockstep.tls.internal.record;

import static dev.lockstep.tls.internal.record.Alerts.assertAlert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.ContentType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordLimitsTest {
    @ParameterizedTest
    @EnumSource(ContentType.class)
    void thirtyTwoEmptyRecordsInARowAreBorneAndNoMore(ContentType type) {
        RecordLimits limits = new RecordLimits(32, 4);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 32; i++) {
                limits.onRecord(type, 0);
            }
            limits.onRecord(type, 1);
        }
        for (int i = 0; i < 32; i++) {
            limits.onRecord(ContentType.values()[i % 4], 0);
        }
        assertAlert(AlertDescription.UNEXPECTED_MESSAGE, () -> limits.onRecord(type, 0));
    }

    @Test
    void fourWarningsInARowAreBorneAndNoMore() {
        RecordLimits limits = new RecordLimits(32, 4);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 4; i++) {
                limits.onRecord(ContentType.ALERT, 2);
                limits.onWarningAlert();
            }
            limits.onRecord(ContentType.APPLICATION_DATA, 1);
        }
        for (int i = 0; i < 4; i++) {
            limits.onRecord(ContentType.ALERT, 2);
            limits.onRecord(ContentType.APPLICATION_DATA, 0);
            limits.onWarningAlert();
        }
        limits.onRecord(ContentType.ALERT, 2);
        assertAlert(AlertDescription.UNEXPECTED_MESSAGE, limits::onWarningAlert);
    }

    @Test
    void severalWarningsInOneRecordAreCountedOneByOne() {
        RecordLimits limits = new RecordLimits(32, 4);
        limits.onRecord(ContentType.ALERT, 10);
        for (int i = 0; i < 4; i++) {
            assertThat(limits.bearsAnotherWarning()).isTrue();
            limits.onWarningAlert();
        }
        assertThat(limits.bearsAnotherWarning()).isFalse();
        assertAlert(AlertDescription.UNEXPECTED_MESSAGE, limits::onWarningAlert);
    }

    @Test
    void fragmentsOfAHandshakeAreCountedUntilItIsOver() {
        HandshakeLimits limits = new HandshakeLimits(3, 100);
        for (int handshake = 0; handshake < 3; handshake++) {
            limits.onFragment(1);
            limits.onFragment(1);
            limits.onFragment(1);
            limits.reset();
        }
        limits.onFragment(1);
        limits.onFragment(1);
        limits.onFragment(1);
        assertAlert(AlertDescription.UNEXPECTED_MESSAGE, () -> limits.onFragment(1));
    }

    @Test
    void bytesOfAHandshakeAreCountedUntilItIsOver() {
        HandshakeLimits limits = new HandshakeLimits(50, 100);
        for (int handshake = 0; handshake < 3; handshake++) {
            limits.onFragment(60);
            limits.onFragment(40);
            limits.reset();
        }
        limits.onFragment(60);
        assertAlert(AlertDescription.UNEXPECTED_MESSAGE, () -> limits.onFragment(41));
        assertAlert(AlertDescription.UNEXPECTED_MESSAGE, () -> new HandshakeLimits(9, 9).onFragment(10));
    }
}
