package dev.lockstep.server.pem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.server.Running;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.UsageError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files with secrets that others may read or write, with the program that reads them. */
@Timeout(60)
class SecretFilesTest {

    @TempDir
    Path directory;

    private TestFiles files;
    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void makeFiles() throws Exception {
        files = new TestFiles(directory);
    }

    private static Path mode(Path file, String mode) throws Exception {
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw-r-----", "r-----r--"})
    void whatOthersMayReadIsWarnedOf(String mode) throws Exception {
        new SecretFiles(warnings::add).check("--key", mode(files.ecKey, mode));

        assertThat(warnings)
                .containsExactly("--key: " + files.ecKey + " can be read by others (" + mode + "); run: chmod 600 "
                        + files.ecKey);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw--w----", "rw-rw-r--", "rw-----w-"})
    void whatOthersMayWriteIsRefused(String mode) throws Exception {
        mode(files.ecKey, mode);

        assertThatThrownBy(() -> new SecretFiles(warnings::add).check("--key", files.ecKey))
                .isInstanceOf(UsageError.class)
                .hasMessageContaining("--key")
                .hasMessageContaining("can be written by others (" + mode + ")")
                .hasMessageContaining("chmod 600");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------"})
    void whatIsItsOwnersAlonePasses(String mode) throws Exception {
        new SecretFiles(warnings::add).check("--key", mode(files.ecKey, mode));
        new SecretFiles(warnings::add).check("--key", directory.resolve("missing"));
        new SecretFiles(warnings::add).check("--key", Path.of("/dev/null"));

        assertThat(warnings).isEmpty();
    }

    @Test
    void serveWarnsOfEachKindOfFile() throws Exception {
        mode(files.ecKey, "rw-r--r--");
        byte[] ticketKey = new byte[80];
        new SecureRandom().nextBytes(ticketKey);
        Path tickets = mode(Files.write(directory.resolve("tickets"), ticketKey), "rw-r--r--");
        Path psk = mode(files.write("psk", "me:00112233445566778899aabbccddeeff\n"), "rw-r--r--");
        Path keyLog = mode(files.write("keys.log", ""), "rw-r--r--");
        try (Running server = Running.start(
                "serve",
                "--port",
                "0",
                "--cert",
                files.ecCert.toString(),
                "--key",
                files.ecKey.toString(),
                "--ticket-keys",
                tickets.toString(),
                "--psk-file",
                psk.toString(),
                "--keylog",
                keyLog.toString())) {
            for (Path file : List.of(files.ecKey, tickets, psk, keyLog)) {
                assertThat(server.err()).contains(file + " can be read by others (rw-r--r--)");
            }
            assertThat(server.err())
                    .contains("--keylog: A PROGRAM THAT READS " + keyLog + " CAN READ EVERY CONNECTION");
        }
    }

    @Test
    void serveRefusesAKeyLogThatOthersMayWriteAndATicketKeyOfZeros() throws Exception {
        Path keyLog = mode(files.write("keys.log", ""), "rw-rw-rw-");
        assertRefused("--keylog: " + keyLog + " can be written by others", "--keylog", keyLog.toString());
        Path zeros = mode(Files.write(directory.resolve("zeros"), new byte[80]), "rw-------");
        assertRefused("one byte repeated", "--ticket-keys", zeros.toString());
    }

    private void assertRefused(String error, String... options) throws Exception {
        List<String> args = new ArrayList<>(List.of("serve", "--port", "0"));
        args.addAll(List.of("--cert", files.ecCert.toString(), "--key", files.ecKey.toString()));
        args.addAll(List.of(options));
        try (Running server = Running.finished(Map.of(), args.toArray(String[]::new))) {
            assertThat(server.exitCode()).isEqualTo(2);
            assertThat(server.err()).contains(error).hasLineCount(1);
        }
    }
}
