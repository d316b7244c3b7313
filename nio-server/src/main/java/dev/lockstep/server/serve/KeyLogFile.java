package dev.lockstep.server.serve;

import dev.lockstep.server.UsageError;
import dev.lockstep.server.files.LineFile;
import dev.lockstep.server.files.OutputFile;
import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.LogHealth;
import dev.lockstep.server.pem.SecretFiles;
import dev.lockstep.tls.config.KeyLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Consumer;

/**
 * An NSS key log that packet analysers read. Made readable for its owner only: it decrypts the connections. A line that cannot
 * be written is lost, which the event log tells: no handshake ends for a log. Thread-safe.
 */
final class KeyLogFile implements KeyLog {

    private final LineFile lines;
    private final LogHealth health;

    private KeyLogFile(LineFile lines, LogHealth health) {
        this.lines = lines;
        this.health = health;
    }

    /**
     * Appends to {@code file}, which is created if need be.
     *
     * @param warnings receives what the user should know, a line each
     * @param events receives what goes wrong later
     */
    static KeyLogFile open(String option, Path file, Consumer<String> warnings, EventLog events) throws UsageError {
        check(option, file, warnings);
        try {
            if (Files.notExists(file)) {
                create(file);
            }
            LineFile lines;
            PipeNotice notice = PipeNotice.before(option, file, events);
            try {
                lines = LineFile.appendTo(file);
            } finally {
                notice.over();
            }
            KeyLogFile log = new KeyLogFile(lines, new LogHealth(events, "key-log", file.toString()));
            warnings.accept(option + ": A PROGRAM THAT READS " + file + " CAN READ EVERY CONNECTION of this server");
            return log;
        } catch (IOException e) {
            throw new UsageError(option, file + " cannot be written", "give a file in a writable directory");
        }
    }

    /**
     * Checks that the file can be written, and makes none.
     *
     * @param warnings receives what the user should know, a line each
     */
    static void check(String option, Path file, Consumer<String> warnings) throws UsageError {
        new SecretFiles(warnings).check(option, file);
        OutputFile.requirePossible(option, file);
    }

    private static void create(Path file) throws IOException {
        Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rw-------");
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(owner));
        } else {
            Files.createFile(file);
        }
    }

    @Override
    public synchronized void log(String line) {
        try {
            lines.write(line);
            health.working();
        } catch (IOException | RuntimeException | Error e) {
            health.lost(e);
        }
    }
}
