package dev.lockstep.server.files;

import dev.lockstep.server.UsageError;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/** Files that a command line names for output, looked at before anything is written. */
public final class OutputFile {

    private OutputFile() {}

    /**
     * Checks that a file can be written, and makes none.
     *
     * @throws UsageError when the file can neither be there nor be made there
     */
    public static void requirePossible(String option, Path file) throws UsageError {
        if (Files.isDirectory(file)) {
            throw new UsageError(option, file + " is a directory", "give a file");
        }
        if (isEndlessLink(file)) {
            throw new UsageError(option, file + " is a link that leads to itself", "give another path");
        }
        requireDirectory(option, file);
        if (Files.exists(file) && !Files.isWritable(file)) {
            throw new UsageError(
                    option,
                    file + ": this user has no permission to write it",
                    "give it to the user, or give another path");
        }
        if (Files.notExists(file)) {
            requireWritableDirectory(option, file);
        }
    }

    /**
     * Checks that a file of this path can be made.
     *
     * @throws UsageError when there is no directory in which this user can make it
     */
    public static void requireWritableDirectory(String option, Path file) throws UsageError {
        requireDirectory(option, file);
        if (!Files.isWritable(directory(file))) {
            throw new UsageError(
                    option,
                    file + ": this user has no permission to make files in " + directory(file),
                    "give it to the user, or give another path");
        }
    }

    /** Returns whether a symbolic link leads back to itself, over others or not. */
    static boolean isEndlessLink(Path file) {
        return Files.isSymbolicLink(file) && !Files.exists(file) && !Files.notExists(file);
    }

    /** Returns whether two paths are one file, or will be when it is made. */
    public static boolean isSame(Path one, Path other) {
        try {
            if (Files.exists(one) && Files.exists(other)) {
                return Files.isSameFile(one, other);
            }
            return Objects.equals(one.getFileName(), other.getFileName())
                    && directory(one).toRealPath().equals(directory(other).toRealPath());
        } catch (IOException e) {
            return false; // where one of them cannot be, which is told when it is opened
        }
    }

    private static void requireDirectory(String option, Path file) throws UsageError {
        Path directory = directory(file);
        if (Files.notExists(directory)) {
            throw new UsageError(
                    option, file + ": the directory " + directory + " does not exist", "make it, or give another path");
        }
        if (!Files.isDirectory(directory)) {
            throw new UsageError(option, file + ": " + directory + " is no directory", "give another path");
        }
    }

    /** Returns the directory that a path is in. */
    public static Path directory(Path file) {
        Path absolute = file.toAbsolutePath();
        return Objects.requireNonNullElse(absolute.getParent(), absolute);
    }

    /** Returns a sentence about a failure. The messages of many exceptions are only the name of the file. */
    public static String cause(IOException failure) {
        if (failure instanceof NoSuchFileException missing) {
            return missing.getFile() + " does not exist";
        }
        if (failure instanceof AccessDeniedException denied) {
            return "this user has no permission for " + denied.getFile();
        }
        if (failure instanceof FileSystemException file && file.getReason() == null) {
            return file.getFile() + " cannot be used (" + file.getClass().getSimpleName() + ")";
        }
        return String.valueOf(failure.getMessage());
    }
}
