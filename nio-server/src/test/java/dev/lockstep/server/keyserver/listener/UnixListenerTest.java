package dev.lockstep.server.keyserver.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.server.audit.KeyPeer;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may knock and who comes in, and whose place a socket takes. */
@Timeout(60)
class UnixListenerTest {

    @TempDir
    Path directory;

    private final List<String> warnings = new ArrayList<>();

    private UnixListener open(Path path, String permissions, List<Long> uids) throws IOException {
        return UnixListener.open(path, PosixFilePermissions.fromString(permissions), null, uids, warnings::add);
    }

    private long ownUid() throws IOException {
        return Integer.toUnsignedLong((Integer) Files.getAttribute(directory, "unix:uid"));
    }

    /** What becomes of a client of this process. */
    private ClientListener.Admission knock(UnixListener listener, Path path) throws IOException {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            assertThat(client.isConnected()).isTrue();
            SocketChannel arrived = listener.channel().accept();
            try (arrived) {
                return listener.admit(arrived);
            }
        }
    }

    @Test
    void theSocketHasItsPermissionsAndItsGroup() throws Exception {
        Path path = directory.resolve("s");
        GroupPrincipal group =
                Files.readAttributes(directory, PosixFileAttributes.class).group();
        try (UnixListener listener = UnixListener.open(
                path, PosixFilePermissions.fromString("rw-rw----"), group, List.of(), warnings::add)) {
            PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class);
            assertThat(PosixFilePermissions.toString(attributes.permissions())).isEqualTo("rw-rw----");
            assertThat(attributes.group()).isEqualTo(group);
            assertThat(listener.where()).isEqualTo(path.toString());
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aDirectoryThatOthersMayWriteIsRefused() throws Exception {
        for (String permissions : List.of("rwxrwx---", "rwx----w-", "rwxrwxrwx")) {
            Path open = Files.createDirectories(directory.resolve("open"));
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString(permissions));
            assertThatThrownBy(() -> open(open.resolve("s"), "rw-------", List.of()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("others may write the directory");
            assertThat(open).isEmptyDirectory();
        }
        Path readable = Files.createDirectories(directory.resolve("readable"));
        Files.setPosixFilePermissions(readable, PosixFilePermissions.fromString("rwxr-xr-x"));
        open(readable.resolve("s"), "rw-rw-rw-", List.of()).close();
    }

    private static Path mode(Path directory, int mode) throws IOException {
        return Files.setAttribute(Files.createDirectories(directory), "unix:mode", mode);
    }

    private void assertShared(Path path) {
        assertThatThrownBy(() -> open(path, "rw-------", List.of()))
                .as("%s", path)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("others may write the directory")
                .hasMessageContaining(" above ");
    }

    /** Those who can write a directory above can rename what is in it, and make what was there before. */
    @Test
    void aDirectoryBelowOneThatOthersMayWriteIsRefused() throws Exception {
        Path own = mode(directory.resolve("a/b/own"), 0700);
        open(own.resolve("s"), "rw-------", List.of()).close();
        for (int shared : new int[] {0770, 0707, 0777}) {
            mode(directory.resolve("a"), shared);
            assertShared(own.resolve("s"));
            assertThat(own).isEmptyDirectory();
        }
        mode(directory.resolve("a"), 01777); // as /tmp: what is in it stays its owner's
        open(own.resolve("s"), "rw-------", List.of()).close();
        mode(own, 01777);
        assertThatThrownBy(() -> open(own.resolve("s"), "rw-------", List.of()))
                .hasMessageContaining("others may write the directory"); // but others can make a socket first
    }

    @Test
    void aLinkHidesNoDirectoryThatOthersMayWrite() throws Exception {
        Path shared = mode(directory.resolve("shared"), 0777);
        Path below = mode(shared.resolve("below"), 0700);
        Path own = mode(directory.resolve("own"), 0700);
        Path outward = Files.createSymbolicLink(own.resolve("link"), below);
        assertShared(outward.resolve("s"));
        Path replaceable = Files.createSymbolicLink(shared.resolve("link"), own);
        assertShared(replaceable.resolve("s"));
        Path good = Files.createSymbolicLink(directory.resolve("good"), own);
        open(good.resolve("s"), "rw-------", List.of()).close();
    }

    @Test
    void closingItAgainLeavesTheSocketOfAnotherAlone() throws Exception {
        Path path = directory.resolve("s");
        UnixListener first = open(path, "rw-------", List.of());
        first.close();
        try (UnixListener second = open(path, "rw-------", List.of())) { // with the same inode, on many file systems
            first.close();
            assertThat(knock(second, path)).isNotNull();
        }
    }

    @Test
    void theOwnUserComesInByDefaultAndTheLogKnowsItsId() throws Exception {
        Path path = directory.resolve("s");
        try (UnixListener listener = open(path, "rw-------", List.of())) {
            ClientListener.Admission admission = knock(listener, path);
            assertThat(admission.isKnown()).isTrue();
            assertThat(admission.identity().peer()).isEqualTo(KeyPeer.local(ownUid()));
            assertThat(admission.identity().share()).isEqualTo("uid " + ownUid());
        }
        try (UnixListener listener = open(path, "rw-------", List.of(54_321L, ownUid()))) {
            assertThat(knock(listener, path).identity().peer().uid()).isEqualTo(ownUid());
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void aUserWhoIsNotAllowedStaysOutsideWhateverThePermissionsSay() throws Exception {
        Path path = directory.resolve("s");
        try (UnixListener listener = open(path, "rw-rw-rw-", List.of(54_321L))) {
            assertThat(knock(listener, path)).isNull();
        }
        assertThat(warnings).hasSize(1);
        assertThat(warnings.get(0))
                .startsWith("refused a connection of the user ")
                .doesNotContain("54321");
    }

    @Test
    void aSocketOnWhichNothingListensIsReplaced() throws Exception {
        Path path = directory.resolve("s");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(path))
                .close(); // leaves its file behind, as a crash does
        assertThat(path).exists();
        try (UnixListener listener = open(path, "rw-------", List.of())) {
            assertThat(knock(listener, path)).isNotNull();
        }
    }

    @Test
    void aSocketInUseAndAFileThatIsNoneAreLeftAlone() throws Exception {
        Path path = directory.resolve("s");
        Path file = Files.writeString(directory.resolve("f"), "precious");
        try (UnixListener listener = open(path, "rw-------", List.of())) {
            assertThatThrownBy(() -> open(path, "rw-------", List.of()))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("has a listener already");
            SocketChannel probe = listener.channel().accept(); // by which it was found out
            probe.close();
            assertThat(knock(listener, path)).isNotNull();
        }
        assertThatThrownBy(() -> open(file, "rw-------", List.of()))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("no socket");
        assertThat(file).hasContent("precious");
        assertThat(directory.toFile().list()).containsExactly("f"); // and no half-made socket
    }

    @Test
    void aSocketThatAnotherHasReplacedIsNotRemoved() throws Exception {
        Path path = directory.resolve("s");
        UnixListener first = open(path, "rw-------", List.of());
        Files.delete(path);
        try (UnixListener second = open(path, "rw-------", List.of())) {
            first.close();
            assertThat(knock(second, path)).isNotNull();
        }
        assertThat(path).doesNotExist();
    }
}
