package dev.lockstep.server.keyserver;

import dev.lockstep.keys.keyserver.transport.PlainTransport;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * A Unix-domain socket. Its permissions say who may knock, the user id that the kernel vouches for says who comes in.
 */
public final class UnixListener implements ClientListener {

    private static final int BACKLOG = 128;

    private final Path path;
    private final ServerSocketChannel channel;
    private final @Nullable Object fileKey;
    private final Map<UserPrincipal, Long> allowed;
    private final Consumer<String> warnings;

    private UnixListener(
            Path path, ServerSocketChannel channel, Map<UserPrincipal, Long> allowed, Consumer<String> warnings)
            throws IOException {
        this.path = path;
        this.channel = channel;
        this.allowed = allowed;
        this.warnings = warnings;
        this.fileKey = fileKey(path);
    }

    /**
     * Opens the socket. It gets its name when it has its permissions, and takes the place of one that nobody listens on.
     *
     * @param group owns the socket file; null for this process's own
     * @param uids who may come in; none for this process's own user
     * @param warnings is told of those who may not
     * @throws BindException when somebody listens there already, or the file there is no socket
     * @throws IOException when the file cannot be made so
     */
    public static UnixListener open(
            Path path,
            Set<PosixFilePermission> permissions,
            @Nullable GroupPrincipal group,
            Collection<Long> uids,
            Consumer<String> warnings)
            throws IOException {
        requireVacant(path);
        Path fresh = path.resolveSibling("." + ProcessHandle.current().pid() + "."
                + Objects.requireNonNull(path.getFileName(), "path: has no file name"));
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        UnixListener listener = null;
        try {
            Files.deleteIfExists(fresh); // of an earlier process with our id
            channel.bind(UnixDomainSocketAddress.of(fresh), BACKLOG);
            PosixFileAttributeView view = Files.getFileAttributeView(fresh, PosixFileAttributeView.class);
            if (group != null) {
                view.setGroup(group);
            }
            view.setPermissions(permissions);
            Map<UserPrincipal, Long> allowed = allowed(uids, fresh);
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            channel.configureBlocking(false);
            listener = new UnixListener(path, channel, allowed, warnings);
            return listener;
        } finally {
            if (listener == null) {
                channel.close();
                Files.deleteIfExists(fresh);
            }
        }
    }

    private static void requireVacant(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new BindException(path + " is there already and is no socket");
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            return; // left behind by a process that is gone
        }
        throw new BindException("somebody listens on " + path + " already");
    }

    /** The kernel's answer comes as a principal; those of the allowed ids are equal to it. */
    private static Map<UserPrincipal, Long> allowed(Collection<Long> uids, Path own) throws IOException {
        Map<UserPrincipal, Long> allowed = new HashMap<>();
        if (uids.isEmpty()) {
            Object uid = Files.getAttribute(own, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            allowed.put(Files.getOwner(own, LinkOption.NOFOLLOW_LINKS), Integer.toUnsignedLong((Integer) uid));
        }
        for (long uid : uids) {
            UserPrincipal user = FileSystems.getDefault()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByName(Integer.toUnsignedString((int) uid));
            allowed.put(user, uid);
        }
        return allowed;
    }

    @Override
    public ServerSocketChannel channel() {
        return channel;
    }

    @Override
    public @Nullable Admission admit(SocketChannel client) throws IOException {
        UserPrincipal user = client.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
        Long uid = allowed.get(user);
        if (uid == null) {
            warnings.accept("refused a connection of the user " + user.getName());
            return null;
        }
        return new Admission("uid " + uid, uid, new PlainTransport(client));
    }

    @Override
    public String where() {
        return path.toString();
    }

    /** Closes the socket and removes its file, unless another one has taken its place. */
    @Override
    public void close() throws IOException {
        channel.close();
        if (fileKey != null && fileKey.equals(fileKey(path))) {
            Files.deleteIfExists(path);
        }
    }

    private static @Nullable Object fileKey(Path path) throws IOException {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                ? Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .fileKey()
                : null;
    }
}
