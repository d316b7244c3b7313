package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Running;
import dev.lockstep.server.TestFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Options that change nothing: their users believe that they do. */
@Timeout(120)
class OptionsWithoutEffectTest {

    @TempDir
    static Path directory;

    private static TestFiles files;

    @BeforeAll
    static void makeFiles() throws Exception {
        files = new TestFiles(directory);
    }

    private static String refused(String... args) throws Exception {
        Running running = Running.finished(Map.of(), args);
        assertThat(running.exitCode()).isEqualTo(2);
        assertThat(running.out()).isEmpty();
        assertThat(running.err()).hasLineCount(1);
        return running.err().strip();
    }

    private static String[] serve(String... more) {
        List<String> args = new ArrayList<>(List.of("serve", "--port", "0"));
        args.addAll(List.of("--cert", files.ecCert.toString(), "--key", files.ecKey.toString()));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    @Test
    void withoutACertificate() throws Exception {
        List<String> flags = List.of("--allow-ca-certificate", "--key-inline", "--require-keys");
        String psk = files.write("psk", "a:00112233445566778899aabbccddeeff").toString();
        for (String option : ServeRules.NEEDED.keySet()) {
            List<String> args = new ArrayList<>(List.of("serve", "--port", "0", "--psk-file", psk, option));
            if (!flags.contains(option)) {
                args.add("1");
            }
            assertThat(refused(args.toArray(String[]::new)))
                    .isEqualTo(
                            option + ": has no effect without --cert or --sni; give --cert FILE too, or leave it out");
        }
    }

    @Test
    void withoutTheBuiltInPage() throws Exception {
        assertThat(refused(serve("--no-keep-alive", "--echo")))
                .isEqualTo("--no-keep-alive: was given together with --echo; choose one");
        assertThat(refused(serve("--no-keep-alive", "--backend", "127.0.0.1:1")))
                .isEqualTo("--no-keep-alive: was given together with --backend; choose one");
        assertThat(refused(serve("--echo", "--backend", "127.0.0.1:1")))
                .isEqualTo("--backend: was given together with --echo; choose one");
    }

    @Test
    void withoutClientAuthentication() throws Exception {
        String authority = files.caCert.toString();
        String[][] options = {
            {"--client-sha1"},
            {"--client-path-length", "3"},
            {"--client-ca", authority},
            {"--client-crl", authority},
            {"--no-client-ca-names"},
        };
        for (String[] option : options) {
            for (String[] mode : new String[][] {{}, {"--client-auth", "none"}}) {
                List<String> more = new ArrayList<>(List.of(option));
                more.addAll(List.of(mode));
                assertThat(refused(serve(more.toArray(String[]::new))))
                        .isEqualTo(option[0] + ": no client is asked for a certificate; add --client-auth want or"
                                + " --client-auth require, or leave it out");
            }
        }
    }

    @Test
    void withoutSessions() throws Exception {
        assertThat(refused(serve("--no-tickets", "--session-cache", "0", "--session-lifetime", "5")))
                .startsWith("--session-lifetime: no session can be resumed with --no-tickets and --session-cache 0; ");
    }

    /** RFC 6066 3: "Literal IPv4 and IPv6 addresses are not permitted in "HostName"." */
    @Test
    void forAnAddressThatNoClientNames() throws Exception {
        String pair = "=" + files.ecCert + "," + files.ecKey;
        assertThat(refused(serve("--sni", "127.0.0.1" + pair)))
                .isEqualTo("--sni: '127.0.0.1' is an address, and clients send names only (RFC 6066 3); leave it out:"
                        + " clients that connect to an address are served as those without a name");
        assertThat(refused(serve("--sni", "[::1]" + pair))).startsWith("--sni: '[::1]' is not a host name; ");
        assertThat(refused(serve("--client-auth", "192.0.2.1=require", "--client-ca", files.caCert.toString())))
                .startsWith("--client-auth: '192.0.2.1' is an address, ");
    }

    /** RFC 7301 3.1: the server chooses one of its protocols, which then has to be spoken. */
    @Test
    void protocolsThatAreNotSpoken() throws Exception {
        assertThat(refused(serve("--alpn", "http/1.1,http/1.1")))
                .isEqualTo("--alpn: 'http/1.1' is named twice; name each protocol once");
        for (String names : List.of("h2", "h2,http/1.1")) {
            assertThat(refused(serve("--alpn", names)))
                    .startsWith("--alpn: clients would choose h2, and the built-in page speaks HTTP/1.1; ");
        }
        Path policy = files.write("policy", "alpn = h2\n");
        assertThat(refused(serve("--policy-file", policy.toString())))
                .startsWith("--policy-file, alpn in line 1: clients would choose h2, ");
        for (String[] legal :
                new String[][] {{"--alpn", "http/1.1,h2"}, {"--alpn", "h2", "--backend", "127.0.0.1:1"}}) {
            try (Running server = Running.start(serve(legal))) {
                assertThat(server.port()).isPositive();
            }
        }
    }
}
