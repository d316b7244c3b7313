package dev.lockstep.fuzz;

import dev.lockstep.server.UsageError;
import dev.lockstep.testkit.util.Expect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file for a target whose code reads files: one that is written again for each input. */
public final class FileBytes {

    /** What reads a file, or refuses it. */
    @FunctionalInterface
    public interface Reader {
        void read() throws UsageError;
    }

    private final Path file;

    /** @throws IOException when there is no place for it */
    public FileBytes() throws IOException {
        file = Files.createTempFile("input", ".txt");
        file.toFile().deleteOnExit();
    }

    /** Returns where it is. */
    public Path path() {
        return file;
    }

    /** Writes the file. */
    public void write(byte[] content) throws IOException {
        Files.write(file, content);
    }

    /** Reads the file; a refusal is one line that names an option. */
    public static boolean isRead(Reader reader) {
        try {
            reader.read();
            return true;
        } catch (UsageError refused) {
            String line = refused.getMessage();
            Expect.that(line.startsWith("--") && line.contains("; "), "no option and fix in: " + line);
            Expect.that(line.chars().noneMatch(Character::isISOControl), "more than a line: " + line);
            return false;
        }
    }
}
