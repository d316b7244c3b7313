package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Running;
import dev.lockstep.server.TestClients;
import dev.lockstep.server.TestFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is chosen and by whose order, and where what was chosen is computed. */
@Timeout(120)
class ChoiceOptionsTest {

    private static final String EC_128 = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    private static final String EC_256 = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
    private static final String DHE_128 = "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256";
    private static final String RSA_128 = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";

    @TempDir
    static Path directory;

    private static TestFiles files;

    @BeforeAll
    static void makeFiles() throws Exception {
        files = new TestFiles(directory);
    }

    /** With the RSA certificate first. */
    private static String[] serve(String... more) {
        List<String> args = new ArrayList<>(List.of("serve", "--port", "0"));
        args.addAll(List.of("--cert", files.rsaCert.toString(), "--key", files.rsaKey.toString()));
        args.addAll(List.of("--cert", files.ecCert.toString(), "--key", files.ecKey.toString()));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    private static String chosen(Running server, String... offered) throws Exception {
        try (SSLSocket client = TestClients.client(TestClients.trusting(files.ca), server.port())) {
            client.setEnabledCipherSuites(offered);
            client.startHandshake();
            return client.getSession().getCipherSuite();
        }
    }

    @Test
    void theOrderOfSuitesIsTheServersOrTheClients() throws Exception {
        try (Running server = Running.start(serve())) {
            String first = chosen(server, EC_128, EC_256);
            assertThat(chosen(server, EC_256, EC_128)).isEqualTo(first);
        }
        try (Running server = Running.start(serve("--suite-order", "client"))) {
            assertThat(chosen(server, EC_128, EC_256)).isEqualTo(EC_128);
            assertThat(chosen(server, EC_256, EC_128)).isEqualTo(EC_256);
        }
        Path policy = files.write(
                "policy", "suites = " + EC_256 + ", " + EC_128 + ", " + RSA_128 + "\nsuite-order = client\n");
        try (Running server = Running.start(serve("--policy-file", policy.toString(), "--session-lifetime", "5"))) {
            assertThat(chosen(server, EC_128, EC_256)).isEqualTo(EC_128);
        }
    }

    @Test
    void suitesOrCertificatesComeFirst() throws Exception {
        String[] suites = {"--suites", EC_128 + "," + RSA_128};
        try (Running server = Running.start(serve(suites))) {
            assertThat(chosen(server, RSA_128, EC_128)).isEqualTo(EC_128);
        }
        try (Running server = Running.start(serve(suites[0], suites[1], "--prefer", "certificates"))) {
            assertThat(chosen(server, EC_128, RSA_128)).isEqualTo(RSA_128);
            assertThat(chosen(server, EC_128)).isEqualTo(EC_128);
        }
    }

    @Test
    void signaturesAreVerifiedEitherWay() throws Exception {
        for (String which : new String[] {"unverified", "all"}) {
            for (String suite : new String[] {EC_128, RSA_128}) {
                try (Running server = Running.start(serve("--verify-signatures", which))) {
                    assertThat(chosen(server, suite)).isEqualTo(suite);
                }
            }
        }
    }

    @Test
    void largeGroupsComputeTheirSecretsBesideTheLoop() throws Exception {
        String suites = DHE_128 + "," + EC_128;
        try (Running server =
                Running.start(serve("--suites", suites, "--groups", "x25519,ffdhe3072", "--key-inline", "--trace"))) {
            assertThat(chosen(server, DHE_128)).isEqualTo(DHE_128);
            assertThat(server.awaitLine("-> CONNECTED"))
                    .containsSubsequence("#1 SUSPEND KEY_AGREEMENT", "#1 RESUME  KEY_AGREEMENT after ");
            assertThat(chosen(server, EC_128)).isEqualTo(EC_128);
            assertThat(server.awaitLine("#2 STATE   SEND_FINISHED")).doesNotContain("#2 SUSPEND");
        }
    }

    @Test
    void whatThereIsNoneOf() throws Exception {
        refused("--prefer: 'keys' is no order; use suites or certificates", "--prefer", "keys");
        refused(
                "--verify-signatures: 'some' is neither of the two; use unverified or all",
                "--verify-signatures",
                "some");
        refused("--suite-order: 'mine' is neither side; use server or client", "--suite-order", "mine");
        refused("--session-lifetime: 0 is not between 1 and 10080; ", "--session-lifetime", "0");
        refused(
                "--require-rfc5746: contradicts --renegotiation legacy; ",
                "--require-rfc5746",
                "--renegotiation",
                "legacy");
        refused(
                "--client-path-length: 0 is not between 1 and 100; ",
                "--client-path-length",
                "0",
                "--client-auth",
                "want",
                "--client-ca",
                files.caCert.toString(),
                "--client-sha1");
    }

    private static void refused(String message, String... options) throws Exception {
        Running running = Running.finished(Map.of(), serve(options));
        assertThat(running.exitCode()).isEqualTo(2);
        assertThat(running.err()).startsWith(message).hasLineCount(1);
    }

    @Test
    void allAddressesArePrintedAsTheyWereAskedFor() throws Exception {
        try (Running server = Running.start(serve("--host", "0.0.0.0", "--require-rfc5746"))) {
            assertThat(server.out()).contains("listening on 0.0.0.0:");
        }
    }
}
