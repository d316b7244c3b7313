package dev.lockstep.server.pem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.keys.uri.FileOwner;
import dev.lockstep.server.Running;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.keyserver.policy.UserIds;
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

/** Files with secrets that others own, may read or write, with the program that reads them. */
@Timeout(60)
class SecretFilesTest {

    /** No user of the machine has this id, it is to be hoped. */
    private static final long STRANGER = 471_147;

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

    @Test
    void whoIsTrustedMayBeReadByAllAndWrittenByItsOwnerAlone() throws Exception {
        SecretFiles secrets = new SecretFiles(warnings::add);
        secrets.checkTrust("--tls-client-ca", mode(files.caCert, "rw-r--r--"));
        secrets.checkTrust("--tls-client-ca", directory.resolve("missing"));
        assertThat(warnings).isEmpty();
        for (String mode : List.of("rw-rw-r--", "rw-r--rw-")) {
            mode(files.caCert, mode);
            assertThatThrownBy(() -> secrets.checkTrust("--tls-client-ca", files.caCert))
                    .isInstanceOf(UsageError.class)
                    .hasMessageContaining("can be written by others (" + mode + ")");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------"})
    void whatIsItsOwnersAlonePasses(String mode) throws Exception {
        new SecretFiles(warnings::add).check("--key", mode(files.ecKey, mode));
        new SecretFiles(warnings::add).check("--key", directory.resolve("missing"));
        new SecretFiles(warnings::add).check("--key", Path.of("/dev/null"));

        assertThat(warnings).isEmpty();
    }

    /** Gives a file to another user where this process is root; elsewhere it has its own, and is looked at by another. */
    private static FileOwner estrange(Path file) throws Exception {
        if (uid(file) != 0) {
            return FileOwner.ofUser(uid(file) + 1);
        }
        Files.setOwner(file, UserIds.principal(STRANGER, file.getFileSystem().getUserPrincipalLookupService()));
        return FileOwner.ofThisProcess();
    }

    private static long uid(Path file) throws Exception {
        return Integer.toUnsignedLong((Integer) Files.getAttribute(file, "unix:uid"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------"})
    void whatBelongsToAnotherUserIsRefused(String mode) throws Exception {
        FileOwner owner = estrange(mode(files.ecKey, mode));

        assertThatThrownBy(() -> new SecretFiles(warnings::add, owner).check("--key", files.ecKey))
                .isInstanceOf(UsageError.class)
                .hasMessageMatching("--key: " + files.ecKey + " belongs to user .*\\b" + uid(files.ecKey)
                        + "\\b.*, who can change it; run as root: chown \\d+ " + files.ecKey);
        new SecretFiles(warnings::add, FileOwner.ofUser(uid(files.ecKey))).check("--key", files.ecKey);
        assertThat(warnings).isEmpty();
    }

    @Test
    void whatIsRootsIsNoOtherUsers() throws Exception {
        assertThat(FileOwner.ofUser(STRANGER).stranger(Path.of("/"))).isNull();
    }

    @Test
    void aLinkDoesNotHideTheOwner() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), files.ecKey);
        FileOwner owner = estrange(files.ecKey);

        assertThatThrownBy(() -> new SecretFiles(warnings::add, owner).check("--key", link))
                .hasMessageContaining(link + " belongs to user ");
    }

    /** Only root can make such files, so elsewhere the tests above must do. */
    @Test
    void serveRefusesEachKindOfFileOfAnotherUser() throws Exception {
        if (uid(files.ecKey) != 0) {
            return;
        }
        byte[] ticketKey = new byte[80];
        new SecureRandom().nextBytes(ticketKey);
        Path tickets = mode(Files.write(directory.resolve("tickets"), ticketKey), "rw-------");
        Path psk = files.write("psk", "me:00112233445566778899aabbccddeeff\n");
        Path keyLog = files.write("keys.log", "");
        Path password = files.write("password", TestFiles.PASSWORD);
        for (Path file : List.of(tickets, psk, keyLog, password)) {
            estrange(file);
        }
        String belongs = " belongs to user " + STRANGER + ", who can change it";
        assertRefused("--ticket-keys: " + tickets + belongs, "--ticket-keys", tickets.toString());
        assertRefused("--psk-file: " + psk + belongs, "--psk-file", psk.toString());
        assertRefused("--keylog: " + keyLog + belongs, "--keylog", keyLog.toString());
        assertRefused("--key-password-file: " + password + belongs, "--key-password-file", password.toString());
        estrange(files.ecKey);
        assertRefused("--key: " + files.ecKey + belongs);
        assertKeyServerRefuses("--key: " + files.ecKey + belongs, "--key", files.ecKey.toString());
        assertKeyServerRefuses(
                "--log-key: " + psk + belongs,
                "--key",
                files.rsaKey.toString(),
                "--log",
                Files.createDirectory(directory.resolve("log"))
                        .resolve("use.log")
                        .toString(),
                "--log-key",
                psk.toString());
    }

    private void assertKeyServerRefuses(String error, String... options) throws Exception {
        List<String> args = new ArrayList<>(
                List.of("keyserver", "--socket", directory.resolve("ks").toString()));
        args.addAll(List.of(options));
        try (Running server = Running.finished(Map.of(), args.toArray(String[]::new))) {
            assertThat(server.exitCode()).isEqualTo(2);
            assertThat(server.err().lines()).anyMatch(line -> line.startsWith(error));
        }
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
