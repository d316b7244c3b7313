package dev.lockstep.server.keyserver;

import dev.lockstep.server.files.OutputFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Compares the paths of a key-use log before any of its files is made. */
final class LogPaths {

    private LogPaths() {}

    /** Returns whether two paths have a directory in common, which a symbolic link does not hide. */
    static boolean shareDirectory(Path one, Path other) throws IOException {
        Set<Path> directories = directories(one);
        directories.retainAll(directories(other));
        return !directories.isEmpty();
    }

    /** The directory that has the name, and that of the file that a link of this name leads to. */
    private static Set<Path> directories(Path file) throws IOException {
        Set<Path> directories = new HashSet<>();
        directories.add(OutputFile.directory(file).toRealPath());
        if (Files.exists(file)) {
            directories.add(OutputFile.directory(file.toRealPath()));
        }
        return directories;
    }
}
