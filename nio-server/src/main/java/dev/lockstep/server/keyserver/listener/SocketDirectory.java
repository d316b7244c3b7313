package dev.lockstep.server.keyserver.listener;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may put something in the place of a socket: those who can write its directory, and those who can write a directory
 * above it, since they can rename what is in it and put a directory of their own there.
 */
final class SocketDirectory {

    private static final int OTHERS_WRITE = 0_022; // the group or others
    private static final int STICKY = 0_1000;

    private SocketDirectory() {}

    /**
     * Checks a directory and all above it, along the path as it is written and as it is without symbolic links.
     *
     * @param own the user of this process
     * @throws IOException when another user than that and root may write one of them; above the socket's own directory, the
     *     sticky bit is enough, as {@code /tmp} has it: it leaves renaming to the owners
     */
    static void requirePrivate(Path directory, UserPrincipal own) throws IOException {
        Path real = directory.toRealPath();
        require(real, real, own, 0);
        Set<Path> above = new LinkedHashSet<>();
        addAbove(real, above);
        addAbove(directory.toAbsolutePath(), above);
        for (Path each : above) {
            require(each, real, own, STICKY);
        }
    }

    private static void addAbove(Path directory, Set<Path> above) {
        for (@Nullable Path each = directory.getParent(); each != null; each = each.getParent()) {
            above.add(each);
        }
    }

    private static void require(Path directory, Path socket, UserPrincipal own, int excused) throws IOException {
        int mode = (Integer) Files.getAttribute(directory, "unix:mode");
        boolean shared = (mode & OTHERS_WRITE) != 0 && (mode & excused) == 0;
        boolean foreign = !Files.getAttribute(directory, "unix:uid").equals(0)
                && !Files.getOwner(directory).equals(own);
        if (shared || foreign) {
            String where = directory.equals(socket) ? "" : " above " + socket;
            throw new IOException("others may write the directory " + directory + where
                    + " and could put a socket of their own there; take that right from them ("
                    + (foreign ? "chown" : "chmod go-w")
                    + "), or choose a directory that only you or root may write, as all above it");
        }
    }
}
