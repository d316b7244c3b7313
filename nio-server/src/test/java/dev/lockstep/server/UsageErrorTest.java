package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The line that is printed, whatever is echoed in it. */
class UsageErrorTest {

    @Test
    void whatBreaksALineOrTurnsItIsABlank() {
        for (String evil : new String[] {
            "\n", "\r", "\t", "\u0000", "\u001b", "\u0085", "\u2028", "\u2029", "\u202e", "\u200f", "\u2066"
        }) {
            assertThat(UsageError.oneLine("a" + evil + "b")).isEqualTo("a b");
            assertThat(new UsageError("--key", evil, evil)).hasMessage("--key:  ;  ");
        }
        String kept = "gerät \u4f60\u597d \ud83d\udd11 a\u00a0b";
        assertThat(UsageError.oneLine(kept)).isEqualTo(kept);
    }

    @Test
    void aVeryLongLineKeepsItsBeginningAndItsFix() {
        String path = "/" + "x".repeat(4095);
        assertThat(new UsageError("--key", path + " does not exist", "check the path"))
                .hasMessage("--key: " + path + " does not exist; check the path");
        UsageError error = new UsageError("--port", "'" + "9".repeat(1_000_000) + "' is no port", "give a port");
        assertThat(error.getMessage())
                .startsWith("--port: '999")
                .contains("9 ... 9")
                .endsWith("9' is no port; give a port")
                .hasSizeLessThan(8200);
    }
}
