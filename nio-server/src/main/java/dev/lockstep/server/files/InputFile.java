package dev.lockstep.server.files;

import dev.lockstep.server.UsageError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The content of small files that a command line names, with an error for every way in which one cannot be read. */
public final class InputFile {

    /** The most bytes of a file with certificates, keys or settings. */
    public static final int LARGEST = 1 << 20;

    /**
     * What pipes gave, by their paths. A pipe gives its content once ({@code --key <(command)}), and a reload needs it
     * again: reading it a second time would wait for a writer that never comes.
     */
    private static final Map<Path, byte[]> PIPES = new ConcurrentHashMap<>();

    private InputFile() {}

    /**
     * Reads a file of at most {@link #LARGEST} bytes; a pipe only once. Blocks until a pipe's writer has closed it.
     *
     * @return a fresh copy
     */
    public static byte[] bytes(String option, Path file) throws UsageError {
        return bytes(option, file, LARGEST);
    }

    /** As {@link #bytes(String, Path)}, with another limit in bytes. */
    public static byte[] bytes(String option, Path file, int largest) throws UsageError {
        if (Files.isDirectory(file)) {
            throw new UsageError(option, file + " is a directory", "give a file");
        }
        if (Files.isRegularFile(file) || Files.notExists(file)) {
            return read(option, file, largest);
        }
        Path name = file.toAbsolutePath();
        byte[] known = PIPES.get(name);
        if (known == null) {
            known = read(option, file, largest);
            PIPES.put(name, known);
        }
        return known.clone();
    }

    /**
     * The text of a file without a byte order mark, a character for each byte of its UTF-8 or other form: identities and
     * names that are compared in bytes stay what they are.
     */
    public static String text(String option, Path file) throws UsageError {
        return new String(TextEncoding.withoutMark(bytes(option, file)), StandardCharsets.ISO_8859_1);
    }

    private static byte[] read(String option, Path file, int largest) throws UsageError {
        // Not by Files.size: pipes and devices have none, and some devices have no end either.
        try (InputStream content = Files.newInputStream(file)) {
            byte[] bytes = content.readNBytes(largest + 1);
            if (bytes.length > largest) {
                throw new UsageError(option, file + " is larger than " + size(largest), "is it the right file?");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw Files.isSymbolicLink(file)
                    ? new UsageError(option, file + " is a link to a file that does not exist", "make the link again")
                    : new UsageError(option, file + " does not exist", "check the path");
        } catch (AccessDeniedException e) {
            throw new UsageError(
                    option,
                    file + " cannot be read by the user " + System.getProperty("user.name"),
                    "check its permissions and those of the directories above it");
        } catch (IOException e) {
            if (OutputFile.isEndlessLink(file)) {
                throw new UsageError(option, file + " is a link that leads to itself", "make the link again");
            }
            throw new UsageError(
                    option, file + " cannot be read (" + e.getMessage() + ")", "see what it is, and its disk");
        }
    }

    private static String size(int bytes) {
        return bytes % (1 << 20) == 0 ? (bytes >> 20) + " MiB" : bytes / 1_000_000 + " MB";
    }
}
