package dev.lockstep.server.keyserver.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.TestFiles;
import dev.lockstep.server.pem.Reading;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a reload reads again, and what it does not. */
@Timeout(60)
class TcpOptionsTest {

    @TempDir
    Path directory;

    /** A name service that is away must not keep a key server from taking a new revocation list. */
    @Test
    void theNameOfThePortIsLookedUpOnce() throws Exception {
        TestFiles files = new TestFiles(directory);
        TcpOptions options = new TcpOptions();
        CommandLine.ParseResult unused = new CommandLine(options)
                .parseArgs(
                        "--tcp",
                        "localhost:0",
                        "--tls-cert",
                        files.ecCert.toString(),
                        "--tls-key",
                        files.ecKey.toString(),
                        "--tls-client-ca",
                        files.caCert.toString(),
                        "--allow-client",
                        "dns:localhost");
        TlsListener.Setting first = load(options);
        TlsListener.Setting second = load(options);
        assertThat(second.address()).isSameAs(first.address());
        assertThat(second.tls()).isNotSameAs(first.tls());
    }

    private static TlsListener.Setting load(TcpOptions options) throws Exception {
        TlsListener.Setting loaded = options.load(Clock.systemUTC(), Reading.PLAIN, name -> Set.of());
        assertThat(loaded).isNotNull();
        return loaded;
    }
}
