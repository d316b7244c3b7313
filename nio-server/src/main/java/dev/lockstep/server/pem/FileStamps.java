package dev.lockstep.server.pem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/** Which files stood behind some paths at a moment: two that are equal mean that nothing has changed in between. */
public record FileStamps(List<String> stamps) {

    public static FileStamps of(List<Path> paths) {
        return new FileStamps(paths.stream().map(FileStamps::stamp).toList());
    }

    /**
     * Identity, time and size of the file at the end of all symbolic links, and its own path: a link that is switched
     * shows, and so does a directory on the way that is another one now.
     */
    private static String stamp(Path path) {
        try {
            BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
            return path.toRealPath() + " " + file.fileKey() + " " + file.lastModifiedTime() + " " + file.size();
        } catch (IOException e) {
            return "absent";
        }
    }
}
