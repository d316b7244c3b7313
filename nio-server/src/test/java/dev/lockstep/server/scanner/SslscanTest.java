package dev.lockstep.server.scanner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.util.Needed;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureHash;
import dev.lockstep.tls.spec.SignatureScheme;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * What sslscan finds out about {@code serve}: TLS 1.2 alone; suites, groups and signature schemes of the policy; no
 * Heartbleed; a fallback that is noticed. In the profile "scanner".
 */
@Tag("scanner")
@Timeout(1200)
class SslscanTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void whatIsOfferedIsThePolicy(Policy policy) throws Exception {
        Needed.programs("sslscan", "sslscan");
        Path xml = directory.resolve("sslscan.xml");
        String printed = ScannedServer.examined(
                directory,
                policy,
                server -> List.of(
                        "sslscan",
                        "--no-colour",
                        "--show-sigs",
                        "--show-cipher-ids",
                        "--sni-name=" + ScannedServer.HOST,
                        "--xml=" + xml,
                        "127.0.0.1:" + server.port));
        System.out.printf("sslscan, %s:%n%s%n", policy, printed);
        Document report = Scanner.xml(xml);
        assertThat(attributes(report, "protocol", "version", "enabled", "1"))
                .as(printed)
                .containsExactly("1.2");
        assertThat(attributes(report, "heartbleed", "vulnerable", "vulnerable", "1"))
                .isEmpty();
        assertThat(attributes(report, "heartbleed", "vulnerable", "vulnerable", "0"))
                .isNotEmpty();
        assertThat(printed).contains("Server supports TLS Fallback SCSV");
        assertThat(attributes(report, "renegotiation", "secure", "supported", "0"))
                .as("renegotiation by a client is refused by default")
                .hasSize(1);
        suites(report, policy, printed);
        groups(report, policy, printed);
        signatures(report, policy, printed);
    }

    private static void suites(Document report, Policy policy, String printed) {
        Set<CipherSuite> found = Scanner.elements(report, "cipher").stream()
                .map(each -> CipherSuite.of(Integer.decode(each.getAttribute("id"))))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(CipherSuite.class)));
        assertThat(found).as(printed).isEqualTo(EnumSet.copyOf(ScannedServer.suites(policy)));
        if (policy != Policy.COMPATIBLE) {
            // CCM and CBC are acceptable to sslscan, GCM and ChaCha20 strong
            assertThat(Scanner.elements(report, "cipher"))
                    .extracting(each -> each.getAttribute("strength"))
                    .as(printed)
                    .isSubsetOf("strong", "acceptable");
        }
    }

    private static void groups(Document report, Policy policy, String printed) {
        assertThat(Scanner.elements(report, "group").stream()
                        .map(each -> NamedGroup.of(Integer.decode(each.getAttribute("id"))))
                        .toList())
                .as(printed)
                .isNotEmpty()
                .isSubsetOf(policy.groups());
    }

    private static void signatures(Document report, Policy policy, String printed) {
        if (policy == Policy.COMPATIBLE) {
            return; // a client that can verify no signature gets a key exchange without one
        }
        List<SignatureScheme> found = Scanner.elements(report, "connection-signature-algorithm").stream()
                .map(each -> SignatureScheme.of(Integer.decode(each.getAttribute("id"))))
                .toList();
        assertThat(found).as(printed).isNotEmpty().isSubsetOf(policy.signatureSchemes());
        assertThat(found).extracting(SignatureScheme::hash).doesNotContain(SignatureHash.SHA1);
    }

    /** Of the elements with one attribute of this value, another attribute. */
    private static List<String> attributes(Document report, String element, String wanted, String where, String value) {
        return Scanner.elements(report, element).stream()
                .filter(each -> each.getAttribute(where).equals(value))
                .map((Element each) -> each.getAttribute(wanted))
                .toList();
    }
}
