package dev.lockstep.tls.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.spec.AlertDescription;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FatalAlertTest {

    @Test
    void eachFactoryNamesItsAlert() {
        Map<AlertDescription, FatalAlert> made = Map.ofEntries(
                Map.entry(AlertDescription.DECODE_ERROR, FatalAlert.decodeError("why")),
                Map.entry(AlertDescription.ILLEGAL_PARAMETER, FatalAlert.illegalParameter("why")),
                Map.entry(AlertDescription.UNEXPECTED_MESSAGE, FatalAlert.unexpectedMessage("why")),
                Map.entry(AlertDescription.HANDSHAKE_FAILURE, FatalAlert.handshakeFailure("why")),
                Map.entry(AlertDescription.INTERNAL_ERROR, FatalAlert.internalError("why", null)),
                Map.entry(AlertDescription.DECRYPT_ERROR, FatalAlert.decryptError("why")),
                Map.entry(AlertDescription.BAD_RECORD_MAC, FatalAlert.badRecordMac("why")),
                Map.entry(AlertDescription.RECORD_OVERFLOW, FatalAlert.recordOverflow("why")),
                Map.entry(AlertDescription.PROTOCOL_VERSION, FatalAlert.protocolVersion("why")),
                Map.entry(AlertDescription.INSUFFICIENT_SECURITY, FatalAlert.insufficientSecurity("why")),
                Map.entry(AlertDescription.NO_APPLICATION_PROTOCOL, FatalAlert.noApplicationProtocol("why")),
                Map.entry(AlertDescription.INAPPROPRIATE_FALLBACK, FatalAlert.inappropriateFallback("why")),
                Map.entry(AlertDescription.UNRECOGNIZED_NAME, FatalAlert.unrecognizedName("why")));
        made.forEach((description, alert) -> {
            assertThat(alert.description()).isEqualTo(description);
            assertThat(alert.reason()).isEqualTo("why");
        });
    }

    @Test
    void aPeerCannotMakeUsFillInStackTraces() {
        assertThat(FatalAlert.decodeError("why").getStackTrace()).isEmpty();
    }

    @Test
    void theCauseOfAnInternalErrorIsKept() {
        Throwable cause = new IllegalStateException("inside");
        assertThat(FatalAlert.internalError("why", cause)).hasCause(cause);
    }
}
