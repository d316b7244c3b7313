package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Running;
import dev.lockstep.server.TestFiles;
import dev.lockstep.testkit.util.Ports;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code serve --check} finds that only a start found, and what it leaves alone. */
@Timeout(120)
class CheckTest {

    @TempDir
    static Path directory;

    private static TestFiles files;

    @BeforeAll
    static void makeFiles() throws Exception {
        files = new TestFiles(directory);
    }

    private static Running check(String... more) throws Exception {
        List<String> args = new ArrayList<>(List.of("serve", "--check"));
        args.addAll(List.of("--cert", files.ecCert.toString(), "--key", files.ecKey.toString()));
        args.addAll(List.of(more));
        return Running.finished(Map.of(), args.toArray(String[]::new));
    }

    @Test
    void whereItWouldListenAndWriteIsChecked() throws Exception {
        String nowhere = directory.resolve("no/such").toString();
        Running checked =
                check("--host", "192.0.2.1", "--admin", "192.0.2.1:0", "--access-log", nowhere, "--keylog", nowhere);
        assertThat(checked.exitCode()).isEqualTo(2);
        assertThat(checked.out()).isEmpty();
        assertThat(checked.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("--host: port 0 on 192.0.2.1 cannot be opened ("),
                        line -> assertThat(line).startsWith("--access-log: " + nowhere + ": the directory "),
                        line -> assertThat(line).startsWith("--admin: 192.0.2.1:0 cannot be opened ("),
                        line -> assertThat(line).startsWith("--keylog: " + nowhere + ": the directory "));
        assertThat(check("--host", "host.invalid").err())
                .isEqualToIgnoringNewLines("--host: 'host.invalid' has no address; give an address of this machine");
        assertThat(check("--keylog", directory.toString()).err())
                .isEqualToIgnoringNewLines("--keylog: " + directory + " is a directory; give a file");
    }

    @Test
    void aProblemIsPrintedOnce() throws Exception {
        for (String[] wrong : new String[][] {
            {"--sni", "a.test"},
            {"--sni", "a.test=c,vault:k"},
            {"--cert", files.rsaCert.toString()},
            {"--max-client-hello", "1"},
        }) {
            Running checked = check(wrong);
            assertThat(checked.exitCode()).isEqualTo(2);
            assertThat(checked.err()).hasLineCount(1);
        }
    }

    @Test
    void nothingIsMadeOrOpened() throws Exception {
        Path access = directory.resolve("access.log");
        Path keys = directory.resolve("keys.log");
        Running checked = check("--access-log", access.toString(), "--keylog", keys.toString(), "--admin", "0");
        assertThat(checked.err()).isEmpty();
        assertThat(checked.exitCode()).isZero();
        assertThat(access).doesNotExist();
        assertThat(keys).doesNotExist();
    }

    /** The options of a server that runs are checked before they are changed. */
    @Test
    void aPortInUseIsAWarning() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            Running checked = check("--port", port, "--admin", Integer.toString(other.getLocalPort()));
            assertThat(checked.err().lines())
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .startsWith("warning: --port: " + port + " on 127.0.0.1 is in use; "),
                            line -> assertThat(line)
                                    .startsWith("warning: --admin: ")
                                    .contains("already in use"));
            assertThat(checked.out()).startsWith("good: ");
            assertThat(checked.exitCode()).isZero();
        }
    }

    /** A start would find it, in the second of the two. */
    @Test
    void twoUsesOfOnePortOrFileAreFound() throws Exception {
        String port = Integer.toString(Ports.free());
        assertThat(check("--port", port, "--admin", port).err())
                .isEqualToIgnoringNewLines(
                        "--admin: port " + port + " is that of --port; choose another, or 0 for a free one");
        assertThat(check("--port", port, "--host", "0.0.0.0", "--admin", "127.0.0.1:" + port)
                        .exitCode())
                .isEqualTo(2);
        assertThat(check("--port", port, "--admin", "0").exitCode()).isZero();
        assertThat(check("--access-log", files.ecCert.toString()).err())
                .isEqualToIgnoringNewLines("--access-log: " + files.ecCert
                        + " is a file that this server reads; give another path for the lines");
        assertThat(check("--access-log", "/dev/null", "--keylog", "/dev/null").exitCode())
                .isZero();
    }
}
