package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.server.Running;
import dev.lockstep.server.UsageError;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.psk.PskRequest;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files of pre-shared keys: what is read from them, and what is said of those that are not right. */
@Timeout(120)
class PskFileTest {

    private static final String KEY = "000102030405060708090a0b0c0d0e0f";
    private static final String LONG_KEY = KEY + KEY;

    @TempDir
    Path directory;

    private Path file(String... lines) throws Exception {
        return Files.writeString(directory.resolve("keys.psk"), String.join("\n", lines));
    }

    private static Optional<byte[]> lookup(PskFile file, PskIdentity identity) throws Exception {
        Start<Optional<byte[]>> start = file.start(new PskRequest(identity, null, OptionalLong.empty()), () -> {});
        Progress<Optional<byte[]>> progress =
                ((Start.Ready<Optional<byte[]>>) start).operation().resume();
        return ((Progress.Done<Optional<byte[]>>) progress).value();
    }

    @Test
    void everyLineGivesAnIdentityItsKey() throws Exception {
        PskFile keys = PskFile.read(
                file("# our devices", "", "meter-1:" + KEY, "urn:meter:2:" + LONG_KEY, "Zähler: " + LONG_KEY + " "));
        assertThat(keys.size()).isEqualTo(3);
        byte[] key = HexFormat.of().parseHex(KEY);
        byte[] longKey = HexFormat.of().parseHex(LONG_KEY);
        assertThat(lookup(keys, PskIdentity.of("meter-1"))).contains(key);
        assertThat(lookup(keys, PskIdentity.of("urn:meter:2"))).contains(longKey);
        assertThat(lookup(keys, PskIdentity.of("Zähler"))).contains(longKey);
        assertThat(lookup(keys, PskIdentity.of("meter-3"))).isEmpty();
        assertThat(lookup(keys, PskIdentity.of(""))).isEmpty();
        assertThat(keys.standInLength()).as("the length most keys have").isEqualTo(32);
    }

    /** Sessions outlast a reload of a file that says the same, and end where an identity or a key has changed. */
    @Test
    void theSessionContextIsThatOfIdentitiesAndKeys() throws Exception {
        byte[] context = PskFile.read(file("a:" + KEY, "b:" + LONG_KEY)).sessionContext();
        assertThat(PskFile.read(file("# the same", "b:" + LONG_KEY, "a:" + KEY)).sessionContext())
                .isEqualTo(context);
        assertThat(PskFile.read(file("a:" + KEY)).sessionContext()).isNotEqualTo(context);
        assertThat(PskFile.read(file("a:" + LONG_KEY, "b:" + LONG_KEY)).sessionContext())
                .isNotEqualTo(context);
        assertThat(PskFile.read(file("c:" + KEY, "b:" + LONG_KEY)).sessionContext())
                .isNotEqualTo(context);
    }

    @Test
    void editorsOfOtherSystemsWriteTheSameKeys() throws Exception {
        String text = "Zähler:" + KEY + "\r\n";
        Path file = directory.resolve("keys.psk");
        for (Object[] encoding : new Object[][] {
            {"\uFEFF" + text, StandardCharsets.UTF_8},
            {"\uFEFF" + text, StandardCharsets.UTF_16LE},
            {"\uFEFF" + text, StandardCharsets.UTF_16BE},
            {"meter:" + KEY + "\n" + text, StandardCharsets.UTF_16LE}
        }) {
            Files.writeString(file, (String) encoding[0], (Charset) encoding[1]);
            assertThat(lookup(PskFile.read(file), PskIdentity.of("Zähler")))
                    .contains(HexFormat.of().parseHex(KEY));
        }
        Files.writeString(file, text, StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> PskFile.read(file)).hasMessageContaining("line 1 has an identity that is not UTF-8");
    }

    @Test
    void everyLookupGivesACopy() throws Exception {
        PskFile keys = PskFile.read(file("a:" + KEY));
        lookup(keys, PskIdentity.of("a")).orElseThrow()[0] = 99;
        assertThat(lookup(keys, PskIdentity.of("a"))).contains(HexFormat.of().parseHex(KEY));
    }

    @Test
    void aLineThatIsNotRightIsNamedAndNotShown() throws Exception {
        String[][] cases = {
            {"a" + KEY, "line 1 has no identity"},
            {":" + KEY, "line 1 has no identity"},
            {" a:" + KEY, "line 1 has blanks around its identity"},
            {"# x\na :" + KEY, "line 2 has blanks around its identity"},
            {"a:" + KEY.substring(1), "line 1 has a key that is not hexadecimal"},
            {"a:secret0123456789abcdef0123456789ab", "line 1 has a key that is not hexadecimal"},
            {"# x\na:" + KEY.substring(2), "line 2 has a key of 15 bytes"},
            {"a:", "line 1 has a key of 0 bytes"},
            {"a:" + KEY + "\na:" + LONG_KEY, "line 2 has an identity for the second time"},
            {"a".repeat(4097) + ":" + KEY, "line 1 has an identity of 4097 bytes; give at most 4096"},
            {"# nothing else", "has no key"},
        };
        for (String[] wrong : cases) {
            Path file = file(wrong[0]);
            assertThatThrownBy(() -> PskFile.read(file))
                    .isInstanceOf(UsageError.class)
                    .hasMessageStartingWith("--psk-file: ")
                    .hasMessageContaining(wrong[1])
                    .hasNoCause();
            assertThatThrownBy(() -> PskFile.read(file)).message().doesNotContain("0123456789");
        }
    }

    @Test
    void serveSaysWhatIsWrong() throws Exception {
        Running running = Running.finished(
                Map.of(),
                "serve",
                "--port",
                "0",
                "--psk-file",
                directory.resolve("none").toString());
        assertThat(running.exitCode()).isEqualTo(2);
        assertThat(running.err()).startsWith("--psk-file: ").contains("does not exist");
        Running hint = Running.finished(Map.of(), "serve", "--port", "0", "--psk-hint", "x");
        assertThat(hint.exitCode()).isEqualTo(2);
        assertThat(hint.err()).startsWith("--cert: ");
    }

    @Test
    void serveStartsWithKeysAndWithoutCertificates() throws Exception {
        Path file = file("a:" + KEY);
        try (Running running =
                Running.start("serve", "--port", "0", "--psk-file", file.toString(), "--psk-hint", "who?")) {
            assertThat(running.port()).isPositive();
            assertThat(running.out()).contains("no certificate");
        }
    }
}
