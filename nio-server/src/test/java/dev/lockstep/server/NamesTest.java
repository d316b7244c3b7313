package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.util.Needed;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The names of other programs for suites, groups and schemes. */
class NamesTest {

    @Test
    void openSslsNamesOfSuites() throws Exception {
        Needed.programs("openssl", "openssl");
        Process openssl =
                new ProcessBuilder("openssl", "ciphers", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0").start();
        Map<String, String> byStandardName = new HashMap<>();
        for (String line : new String(openssl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .lines()
                .toList()) {
            String[] words = line.strip().split(" +", -1);
            byStandardName.put(words[0], words[2]); // TLS_RSA_WITH_AES_128_CBC_SHA - AES128-SHA TLSv1.2 ...
        }
        int checked = 0;
        for (CipherSuite suite : CipherSuite.values()) {
            String name = byStandardName.get(suite.name());
            if (name != null) {
                assertThat(Names.suites("--suites", List.of(name))).containsExactly(suite);
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(60);
    }

    /** A name of a megabyte, as a file may hold it, takes no minutes to compare and is no line of a megabyte. */
    @Test
    @Timeout(60)
    void whatIsFarTooLongForANameIsCut() {
        String text = "T" + "l".repeat(1_000_000);
        assertThatThrownBy(() -> Names.suites("--suites", List.of(text)))
                .hasMessageStartingWith("--suites: 'Tlll")
                .hasMessageContaining("l...' is no cipher suite")
                .satisfies(refused -> assertThat(refused.getMessage()).hasSizeLessThan(400));
    }

    @Test
    void noNameMeansTwoThings() {
        Set<String> seen = new HashSet<>();
        for (List<String> names :
                Arrays.stream(CipherSuite.values()).map(Aliases::of).toList()) {
            names.forEach(name ->
                    assertThat(seen.add(name.toLowerCase(Locale.ROOT))).as(name).isTrue());
        }
    }

    @Test
    void listsOfOtherPrograms() throws Exception {
        assertThat(Names.suites(
                        "--suites",
                        List.of(
                                "ECDHE-RSA-AES128-GCM-SHA256:TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384",
                                "ecdhe-rsa-chacha20-poly1305")))
                .containsExactly(
                        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                        CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256);
        assertThat(Names.groups("--groups", List.of("P-256", "secp384r1,X25519")))
                .containsExactly(NamedGroup.SECP256R1, NamedGroup.SECP384R1, NamedGroup.X25519);
        for (String name : List.of("P-256", "p256", "prime256v1", "secp256r1")) {
            assertThat(Names.groups("--groups", List.of(name))).containsExactly(NamedGroup.SECP256R1);
        }
        assertThat(Names.schemes("--sigalgs", List.of("RSA-PSS+SHA256:ECDSA+SHA384:RSA+SHA512:ed25519")))
                .containsExactly(
                        SignatureScheme.RSA_PSS_RSAE_SHA256,
                        SignatureScheme.ECDSA_SECP384R1_SHA384,
                        SignatureScheme.RSA_PKCS1_SHA512,
                        SignatureScheme.ED25519);
    }
}
