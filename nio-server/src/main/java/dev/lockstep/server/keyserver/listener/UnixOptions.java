package dev.lockstep.server.keyserver.listener;

import dev.lockstep.server.HelpSection;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.files.OutputFile;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a key server's Unix-domain socket. */
@HelpSection("Unix-domain socket")
public final class UnixOptions {

    private static final long MOST_IDS = 0xffff_ffffL;

    @Option(names = "--socket", paramLabel = "PATH", description = "Unix-domain socket to listen on.")
    private @Nullable Path socket;

    @Option(
            names = "--socket-mode",
            paramLabel = "MODE",
            description = "Its permissions, in octal digits; ${DEFAULT-VALUE} by default.")
    private String mode = "0600";

    @Option(
            names = "--socket-group",
            paramLabel = "GROUP",
            description = "Its group, by name or number; your own by default.")
    private @Nullable String group;

    @Option(
            names = "--allow-uid",
            paramLabel = "UID",
            description = "User id that may connect; your own by default. Repeatable.")
    private List<String> uids = new ArrayList<>();

    /** Refuses what {@link #open} would, as far as that can be known before. Returns whether a socket is asked for. */
    public boolean check() throws UsageError {
        if (socket == null) {
            return false;
        }
        allowed();
        permissions(mode);
        group(group);
        OutputFile.requireWritableDirectory("--socket", socket);
        try {
            UnixListener.requireVacant(socket);
        } catch (IOException e) {
            throw refusal(socket, e);
        }
        return true;
    }

    /**
     * Opens the socket. Returns null when none is asked for.
     *
     * @param warnings is told of users who may not connect
     */
    public @Nullable UnixListener open(Consumer<String> warnings) throws UsageError {
        if (socket == null) {
            return null;
        }
        List<Long> allowed = allowed();
        Set<PosixFilePermission> permissions = permissions(mode);
        GroupPrincipal principal = group(group);
        OutputFile.requireWritableDirectory("--socket", socket);
        try {
            return UnixListener.open(socket, permissions, principal, allowed, warnings);
        } catch (IOException e) {
            throw refusal(socket, e);
        }
    }

    private static UsageError refusal(Path socket, IOException e) {
        if (!(e instanceof BindException)) {
            return UsageError.of(
                    "--socket",
                    socket + " cannot be made: ",
                    OutputFile.cause(e),
                    "choose a short path in a directory that you may write to, and a group that you belong to");
        }
        String cause = String.valueOf(e.getMessage());
        return new UsageError(
                "--socket",
                cause,
                cause.contains("listener")
                        ? "stop the process that listens there, or choose another path"
                        : "choose another path, or a name in it if it is a directory");
    }

    private List<Long> allowed() throws UsageError {
        List<Long> allowed = new ArrayList<>();
        for (String uid : uids) {
            allowed.add(uid(uid));
        }
        return allowed;
    }

    private static long uid(String text) throws UsageError {
        // The JDK's parser takes a sign, and the digits of every script.
        if (text.matches("[0-9]{1,10}") && Long.parseLong(text) <= MOST_IDS) {
            return Long.parseLong(text);
        }
        throw new UsageError("--allow-uid", "'" + text + "' is no user id", "give the number, as 'id -u' prints it");
    }

    private static @Nullable GroupPrincipal group(@Nullable String name) throws UsageError {
        if (name == null) {
            return null;
        }
        // The JDK takes signs and the digits of every script for a number too.
        boolean unclear = name.matches("[+-]?\\p{Nd}+") && !name.matches("[0-9]+");
        try {
            if (!unclear) {
                return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByGroupName(name);
            }
        } catch (IOException e) {
            // Refused below.
        }
        throw new UsageError(
                "--socket-group", "there is no group '" + name + "'", "give the name or the number of a group");
    }

    /** Octal digits as chmod takes them, without the special bits. */
    private static Set<PosixFilePermission> permissions(String mode) throws UsageError {
        if (!mode.matches("0?[0-7]{3}")) {
            throw new UsageError("--socket-mode", "'" + mode + "' is no mode", "give octal digits such as 0660");
        }
        int bits = Integer.parseInt(mode, 8);
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values(); // owner read first, others execute last
        for (int i = 0; i < all.length; i++) {
            if ((bits >> (all.length - 1 - i) & 1) == 1) {
                permissions.add(all[i]);
            }
        }
        return permissions;
    }
}
