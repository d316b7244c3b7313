package dev.lockstep.server.keyserver;

import dev.lockstep.server.UsageError;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/** Finds mistakes in the paths of a key-use log before any of its files is made. */
final class LogPaths {

    private LogPaths() {}

    /** @throws UsageError when a file can neither be there nor be made there */
    static void requirePossible(String option, Path file) throws UsageError {
        if (Files.isDirectory(file)) {
            throw new UsageError(option, file + " is a directory", "give a file");
        }
        Path directory = directory(file);
        if (Files.notExists(directory)) {
            throw new UsageError(
                    option, file + ": the directory " + directory + " does not exist", "make it, or give another path");
        }
        if (!Files.isDirectory(directory)) {
            throw new UsageError(option, file + ": " + directory + " is no directory", "give another path");
        }
        if (Files.notExists(file) && !Files.isWritable(directory)) {
            throw new UsageError(
                    option,
                    file + ": this user has no permission to make files in " + directory,
                    "give it to the user, or give another path");
        }
    }

    /** Returns whether two paths have a directory in common, which a symbolic link does not hide. */
    static boolean shareDirectory(Path one, Path other) throws IOException {
        Set<Path> directories = directories(one);
        directories.retainAll(directories(other));
        return !directories.isEmpty();
    }

    /** The directory that has the name, and that of the file that a link of this name leads to. */
    private static Set<Path> directories(Path file) throws IOException {
        Set<Path> directories = new HashSet<>();
        directories.add(directory(file).toRealPath());
        if (Files.exists(file)) {
            directories.add(directory(file.toRealPath()));
        }
        return directories;
    }

    /** Returns whether two paths are one file, or will be when it is made. */
    static boolean same(Path one, Path other) throws IOException {
        if (Files.exists(one) && Files.exists(other)) {
            return Files.isSameFile(one, other);
        }
        return Objects.equals(one.getFileName(), other.getFileName())
                && directory(one).toRealPath().equals(directory(other).toRealPath());
    }

    /** Returns a sentence about a failure. The messages of many exceptions are only the name of the file. */
    static String cause(IOException failure) {
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

    private static Path directory(Path file) {
        Path absolute = file.toAbsolutePath();
        return Objects.requireNonNullElse(absolute.getParent(), absolute);
    }
}
