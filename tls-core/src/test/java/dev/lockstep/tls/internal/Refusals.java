package dev.lockstep.tls.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.spec.AlertDescription;
import java.util.HexFormat;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Words for tests of parsers. */
public final class Refusals {

    private Refusals() {}

    /** A cursor over bytes in hex; blanks are for the eye. */
    public static WireReader hex(String hex) {
        return WireReader.of(bytes(hex));
    }

    public static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    public static void assertDecodeError(ThrowingCallable parse) {
        assertAlert(AlertDescription.DECODE_ERROR, parse);
    }

    public static void assertIllegalParameter(ThrowingCallable parse) {
        assertAlert(AlertDescription.ILLEGAL_PARAMETER, parse);
    }

    public static void assertAlert(AlertDescription description, ThrowingCallable parse) {
        FatalAlert alert = catchThrowableOfType(FatalAlert.class, parse);
        assertThat(alert).isNotNull();
        assertThat(alert.description()).as(alert.reason()).isEqualTo(description);
    }
}
