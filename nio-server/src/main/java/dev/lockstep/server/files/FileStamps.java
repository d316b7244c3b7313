package dev.lockstep.server.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;

/** Which files some paths led to at one moment: two that are equal mean that nothing has changed in between. */
public record FileStamps(List<String> stamps) {

    /** Returns the state of the files as it is now. */
    public static FileStamps of(List<Path> paths) {
        return new FileStamps(paths.stream().map(FileStamps::stamp).toList());
    }

    /**
     * Identity, time and size of the file at the end of all symbolic links, and its own path: a link that was switched
     * counts as a change, and so does a directory on the way that is another one now. Owner, mode and time of change are
     * part of it, because a file that could not be read may be readable after a {@code chmod}.
     */
    private static String stamp(Path path) {
        try {
            BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
            if (!file.isRegularFile()) {
                return "no file"; // a pipe is read once, and reading it changes its times
            }
            return path.toRealPath() + " " + file.fileKey() + " " + file.lastModifiedTime() + " " + file.size()
                    + permissions(path);
        } catch (IOException e) {
            return "absent";
        }
    }

    private static String permissions(Path path) throws IOException {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return "";
        }
        Map<String, Object> unix = Files.readAttributes(path, "unix:mode,uid,gid,ctime");
        return " " + unix.get("mode") + " " + unix.get("uid") + " " + unix.get("gid") + " " + unix.get("ctime");
    }
}
