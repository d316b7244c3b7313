package dev.lockstep.server.scanner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.util.Needed;
import dev.lockstep.tls.config.Policy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
 * What nmap's scripts find out about {@code serve}: TLS 1.2 alone, exactly the suites of the policy in the server's order, no
 * warning and no vulnerability. In the profile "scanner".
 */
@Tag("scanner")
@Timeout(1200)
class NmapTest {

    /** Scripts that say "NOT VULNERABLE" when they are asked to say everything. */
    private static final Set<String> VULNERABILITIES =
            Set.of("ssl-dh-params", "ssl-heartbleed", "ssl-poodle", "ssl-ccs-injection");

    /** Scripts that print what they find, and nothing if there is nothing. tls-ticketbleed of nmap 7.93 does not run. */
    private static final Set<String> DEFECTS = Set.of("sslv2", "sslv2-drown", "ssl-known-key", "tls-nextprotoneg");

    private static final Set<String> FACTS = Set.of("ssl-enum-ciphers", "ssl-cert");

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void suitesAndVersionsAreThoseOfThePolicy(Policy policy) throws Exception {
        Needed.programs("nmap", "nmap");
        Path xml = directory.resolve("nmap.xml");
        String printed = ScannedServer.examined(
                directory,
                policy,
                server -> List.of(
                        "nmap",
                        "-Pn",
                        "-n",
                        "-sT",
                        "-p" + server.port,
                        "--script=" + forced(VULNERABILITIES) + "," + forced(DEFECTS) + "," + forced(FACTS),
                        "--script-args=vulns.showall,tls.servername=" + ScannedServer.HOST,
                        "-oX",
                        xml.toString(),
                        "127.0.0.1"));
        Document report = Scanner.xml(xml);
        Map<String, Element> scripts = Scanner.elements(report, "script").stream()
                .collect(Collectors.toMap(each -> each.getAttribute("id"), each -> each));
        System.out.printf("nmap, %s:%n%s%n", policy, printed);
        assertThat(scripts).as(printed).containsKeys(FACTS.toArray(new String[0]));
        assertThat(scripts.keySet()).as(printed).containsAll(VULNERABILITIES).doesNotContainAnyElementsOf(DEFECTS);
        for (String name : VULNERABILITIES) {
            assertThat(values(scripts.get(name), "state"))
                    .as(name + ": " + printed)
                    .containsOnly("NOT VULNERABLE");
        }
        Element versions = scripts.get("ssl-enum-ciphers");
        assertThat(table(versions, "TLSv1.2")).as(printed).isNotNull();
        for (String older : List.of("SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.3")) {
            assertThat(table(versions, older)).as(older).isNull();
        }
        assertThat(table(versions, "warnings")).as(printed).isNull();
        assertThat(Scanner.elements(table(versions, "compressors"), "elem"))
                .extracting(Element::getTextContent)
                .containsExactly("NULL");
        assertThat(values(versions, "cipher preference")).containsOnly("server");
        assertThat(values(versions, "least strength")).containsOnly("A");
        assertThat(values(versions, "name"))
                .as(printed)
                .containsExactlyInAnyOrderElementsOf(
                        ScannedServer.suites(policy).stream().map(Enum::name).toList());
    }

    /** With a plus, nmap runs a script whatever it thinks of the port. */
    private static String forced(Set<String> scripts) {
        return scripts.stream().sorted().map(each -> "+" + each).collect(Collectors.joining(","));
    }

    private static Element table(Element script, String key) {
        return Scanner.elements(script, "table").stream()
                .filter(each -> each.getAttribute("key").equals(key))
                .findFirst()
                .orElse(null);
    }

    private static List<String> values(Element script, String key) {
        return Scanner.elements(script, "elem").stream()
                .filter(each -> each.getAttribute("key").equals(key))
                .map(Element::getTextContent)
                .toList();
    }
}
