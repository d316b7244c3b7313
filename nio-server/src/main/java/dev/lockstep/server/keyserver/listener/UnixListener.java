package dev.lockstep.server.keyserver.listener;

import dev.lockstep.keys.keyserver.transport.ByteTransport;
import dev.lockstep.keys.keyserver.transport.PlainTransport;
import dev.lockstep.server.audit.KeyPeer;
import dev.lockstep.server.keyserver.policy.ClientIdentity;
import dev.lockstep.server.keyserver.policy.UserIds;
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
import java.nio.file.attribute.PosixFilePermissions;
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

    /** The kernel has said who it is. */
    private record LocalClient(ByteTransport transport, ClientIdentity identity) implements Admission {

        @Override
        public String where() {
            return identity.share();
        }

        @Override
        public String origin() {
            return identity.share();
        }

        @Override
        public boolean isKnown() {
            return true;
        }
    }

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
     * Opens the socket. It is made in a directory of its own, for its owner alone, and gets its name when it has its
     * permissions, so that it is never reachable with wider ones. It takes the place of one that has no listener.
     *
     * @param path in a directory that no other user may write, and none above it, or another socket could take its name
     * @param group owns the socket file; null for this process's own
     * @param uids who may come in; none for this process's own user
     * @param warnings is told of those who may not
     * @throws BindException when there is a listener already, or the file there is no socket
     * @throws IOException when others may write the directory, or the file cannot be made so
     */
    public static UnixListener open(
            Path path,
            Set<PosixFilePermission> permissions,
            @Nullable GroupPrincipal group,
            Collection<Long> uids,
            Consumer<String> warnings)
            throws IOException {
        Path directory = Objects.requireNonNullElse(path.toAbsolutePath().getParent(), path.toAbsolutePath());
        Path hidden = directory.resolve("." + ProcessHandle.current().pid() + ".ks");
        Path fresh = hidden.resolve("s");
        requireVacant(path);
        clear(hidden, fresh); // of an earlier process with our id
        Files.createDirectory(
                hidden, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        ServerSocketChannel channel = null;
        UnixListener listener = null;
        try {
            SocketDirectory.requirePrivate(directory, Files.getOwner(hidden));
            channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            channel.bind(UnixDomainSocketAddress.of(fresh), BACKLOG);
            PosixFileAttributeView view = Files.getFileAttributeView(fresh, PosixFileAttributeView.class);
            if (group != null) {
                view.setGroup(group);
            }
            view.setPermissions(permissions);
            Map<UserPrincipal, Long> allowed = allowed(uids, fresh);
            channel.configureBlocking(false);
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            listener = new UnixListener(path, channel, allowed, warnings);
            return listener;
        } finally {
            if (listener == null && channel != null) {
                channel.close();
            }
            clear(hidden, fresh);
        }
    }

    private static void clear(Path hidden, Path fresh) throws IOException {
        Files.deleteIfExists(fresh);
        Files.deleteIfExists(hidden);
    }

    /** @throws BindException when there is a listener, or the file there is no socket */
    static void requireVacant(Path path) throws IOException {
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
        throw new BindException(path + " has a listener already");
    }

    /** The kernel's answer comes as a principal; those of the allowed ids are equal to it. */
    private static Map<UserPrincipal, Long> allowed(Collection<Long> uids, Path own) throws IOException {
        Map<UserPrincipal, Long> allowed = new HashMap<>();
        if (uids.isEmpty()) {
            Object uid = Files.getAttribute(own, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            allowed.put(Files.getOwner(own, LinkOption.NOFOLLOW_LINKS), Integer.toUnsignedLong((Integer) uid));
        }
        for (long uid : uids) {
            allowed.put(UserIds.principal(uid, FileSystems.getDefault().getUserPrincipalLookupService()), uid);
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
            warnings.accept(REFUSED + "the user '" + user.getName() + "'");
            return null;
        }
        return new LocalClient(
                new PlainTransport(client), new ClientIdentity("uid " + uid, KeyPeer.local(uid), key -> true));
    }

    @Override
    public String where() {
        return path.toString();
    }

    /** Closes the socket and removes its file, unless another one has taken its place. Closing it again does nothing. */
    @Override
    public void close() throws IOException {
        if (!channel.isOpen()) {
            return; // the file there now, even one with the same key, is another listener's
        }
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
