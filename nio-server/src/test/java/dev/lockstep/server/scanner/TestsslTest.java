package dev.lockstep.server.scanner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.scanner.TestsslReport.Finding;
import dev.lockstep.testkit.util.Needed;
import dev.lockstep.tls.config.Policy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * testssl.sh finds nothing above LOW in {@code serve} with the policies MODERN and INTERMEDIATE, and in COMPATIBLE what that
 * policy is for. Minutes for each, in the profile "scanner".
 */
@Tag("scanner")
@Timeout(3600)
class TestsslTest {

    /** Checks without which a scan has not been one. */
    private static final List<String> CHECKS = List.of(
            "SSLv2",
            "SSLv3",
            "TLS1",
            "TLS1_1",
            "TLS1_2",
            "cipherlist_NULL",
            "cipherlist_aNULL",
            "cipherlist_EXPORT",
            "cipherlist_LOW",
            "cipher_order",
            "cert_trust",
            "cert_chain_of_trust",
            "cert_expirationStatus",
            "heartbleed",
            "CCS",
            "ticketbleed",
            "ROBOT",
            "secure_renego",
            "secure_client_renego",
            "CRIME_TLS",
            "BREACH",
            "POODLE_SSL",
            "fallback_SCSV",
            "SWEET32",
            "FREAK",
            "DROWN",
            "LOGJAM",
            "BEAST",
            "LUCKY13",
            "RC4");

    /** What the scanner cannot do on Debian, and what it therefore says of itself. */
    private static final Map<String, String> OF_THE_SCANNER =
            Map.of("engine_problem", "Debian's OpenSSL has no engine for GOST, which no server here speaks");

    /** What is above LOW in COMPATIBLE, and why it is in there. */
    private static final Map<String, String> OF_COMPATIBLE = Map.of();

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void nothingIsFoundAboveLow(Policy policy) throws Exception {
        Needed.programs("testssl.sh", "testssl", "openssl");
        Map<String, String> expected = policy == Policy.COMPATIBLE ? OF_COMPATIBLE : Map.of();
        Path csv = directory.resolve("findings.csv");
        String printed = ScannedServer.examined(directory, policy, server -> {
            List<String> command = new ArrayList<>(List.of(
                    "testssl",
                    "--quiet",
                    "--color=0",
                    "--warnings=batch",
                    "--nodns=none",
                    "--ip=127.0.0.1",
                    "--connect-timeout=20",
                    "--openssl-timeout=20",
                    "--add-ca=" + server.authority,
                    "--csvfile=" + csv));
            if (policy != Policy.COMPATIBLE) {
                command.add("--full"); // which takes an hour where there are so many suites
            }
            command.add(ScannedServer.HOST + ":" + server.port);
            return command;
        });
        TestsslReport report = TestsslReport.read(csv);
        List<Finding> above =
                report.findings().stream().filter(Finding::isAboveLow).toList();
        List<Finding> low = report.findings().stream()
                .filter(each -> each.severity().equals("LOW"))
                .toList();
        System.out.printf("testssl.sh, %s: %s; above LOW: %s; LOW: %s%n", policy, report.counts(), above, low);
        assertThat(report.findings().stream().map(Finding::check).collect(Collectors.toSet()))
                .as(printed)
                .containsAll(CHECKS);
        assertThat(above)
                .as(printed)
                .filteredOn(each -> !OF_THE_SCANNER.containsKey(each.check()))
                .extracting(Finding::check)
                .hasSameElementsAs(expected.keySet());
    }
}
