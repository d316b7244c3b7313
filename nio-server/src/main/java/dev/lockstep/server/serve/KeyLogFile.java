package dev.lockstep.server.serve;

import dev.lockstep.server.UsageError;
import dev.lockstep.server.pem.SecretFiles;
import dev.lockstep.tls.config.KeyLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Consumer;

/** An NSS key log that packet analysers read. Made readable for its owner only: it decrypts the connections. */
final class KeyLogFile implements KeyLog {

    private final Writer writer;

    private KeyLogFile(Writer writer) {
        this.writer = writer;
    }

    /**
     * Appends to {@code file}, which is created if need be.
     *
     * @param warnings receives what the user should know, a line each
     */
    static KeyLogFile open(String option, Path file, Consumer<String> warnings) throws UsageError {
        new SecretFiles(warnings).check(option, file);
        try {
            if (Files.notExists(file)) {
                create(file);
            }
            KeyLogFile log =
                    new KeyLogFile(Files.newBufferedWriter(file, StandardCharsets.US_ASCII, StandardOpenOption.APPEND));
            warnings.accept(option + ": A PROGRAM THAT READS " + file + " CAN READ EVERY CONNECTION of this server");
            return log;
        } catch (IOException e) {
            throw new UsageError(option, file + " cannot be written", "give a file in a writable directory");
        }
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
    public void log(String line) {
        try {
            writer.write(line + "\n");
            writer.flush(); // a capture is often decrypted while the connection lasts
        } catch (IOException e) {
            throw new UncheckedIOException("the key log cannot be written", e);
        }
    }
}
