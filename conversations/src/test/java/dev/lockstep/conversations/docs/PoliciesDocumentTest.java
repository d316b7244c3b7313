package dev.lockstep.conversations.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessages;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.ProtocolVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code docs/guide/policies.md} is printed from {@link Policy}; run with {@code -Ddocs.update=true} to print it again. */
@Tag("docs")
class PoliciesDocumentTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "guide", "policies.md");
    private static final CipherSuite OFFERED = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;

    @Test
    void theDocumentIsWhatThePoliciesSay() throws IOException {
        String printed = print();
        GeneratedPage.is(DOCUMENT, printed);
    }

    private static String print() {
        List<String> out = new ArrayList<>(List.of(
                "# Policies",
                "",
                "Printed from `Policy` by `PoliciesDocumentTest`, which fails when this page is stale.",
                "",
                "A policy is a preset of cipher suites, groups and signature schemes. `TlsServerConfigBuilder.policy` and `serve --policy`",
                "select one; the default is `modern`. `cipherSuites`, `groups` and `signatureSchemes` (`--suites`, `--groups`, `--sigalgs`)",
                "each replace one list of the policy. Every table is in the server's order of preference.",
                "",
                "## Versions",
                "",
                "How a server answers a client whose highest version this is. A TLS 1.3 client also offers TLS 1.2, unless it was told",
                "not to; then it offers suites of TLS 1.3 only.",
                ""));
        addTable(out, "version", versions(), version -> version.text, (policy, version) -> version.answerOf(policy));
        out.addAll(List.of("", "## Groups", ""));
        addTable(
                out,
                "group | number",
                Arrays.stream(NamedGroup.values())
                        .sorted(byPreference(Policy.COMPATIBLE.groups()))
                        .toList(),
                group -> "`" + group.ianaName() + "` | " + group.code(),
                (policy, group) -> yes(policy.groups().contains(group)));
        out.addAll(List.of(
                "",
                "A group that no policy has serves where it is configured by name.",
                "",
                "## Signature schemes",
                "",
                "The schemes that the server signs with. A credential's key decides which of them it can use.",
                ""));
        addTable(
                out,
                "scheme | number",
                Policy.COMPATIBLE.signatureSchemes(),
                scheme -> "`" + scheme.ianaName() + "` | " + hex(scheme.code()),
                (policy, scheme) -> yes(policy.signatureSchemes().contains(scheme)));
        out.addAll(List.of(
                "",
                "## Cipher suites",
                "",
                "Suites with PSK in their names need a source of pre-shared keys, and all but those with a plain PSK, ECDHE_PSK or DHE_PSK",
                "exchange need a credential with a fitting key. Without a source, or without any credential, a policy's suites are left out.",
                "",
                "| | " + names(policy -> policy.name().toLowerCase(Locale.ROOT)) + " |",
                "|---|" + "---|".repeat(Policy.values().length),
                "| suites | "
                        + names(policy -> String.valueOf(policy.cipherSuites().size())) + " |",
                ""));
        addTable(
                out,
                "suite | number",
                Policy.COMPATIBLE.cipherSuites(),
                suite -> "`" + suite + "` | " + hex(suite.code()),
                (policy, suite) -> yes(policy.cipherSuites().contains(suite)));
        return String.join("\n", out) + "\n";
    }

    /** What a client offers at most. */
    private record Version(String text, ClientOptions options) {

        /** Returns what a server with this policy answers: the version of its ServerHello, or the alert. */
        String answerOf(Policy policy) {
            TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.RSA_2048))
                    .policy(policy)
                    .build();
            Conversation conversation = Conversation.of(config, options, Forms.PLAIN);
            conversation.client().sends(ClientMessages.clientHello());
            conversation.server().settle();
            Seen first = conversation.client().takeSeen().get(0);
            if (first.kind() == Seen.Kind.ALERT) {
                AlertDescription alert = AlertDescription.of(first.body()[1] & 0xff);
                return alert == null ? "?" : "`" + alert.ianaName() + "`";
            }
            assertThat(first.kind()).isEqualTo(Seen.Kind.SERVER_HELLO);
            byte[] message = first.body(); // begins with its type and its length
            return name((message[4] & 0xff) << 8 | message[5] & 0xff);
        }
    }

    private static List<Version> versions() {
        List<Version> versions = Stream.of(
                        ProtocolVersion.SSL_3_0,
                        ProtocolVersion.TLS_1_0,
                        ProtocolVersion.TLS_1_1,
                        ProtocolVersion.TLS_1_2)
                .map(version -> new Version(
                        name(version), ClientOptions.offering(OFFERED).version(version)))
                .collect(Collectors.toCollection(ArrayList::new));
        versions.add(new Version(
                "TLS 1.3, and TLS 1.2", ClientOptions.offering(OFFERED).suiteCodes(0x1301, 0x1302, OFFERED.code())));
        versions.add(new Version("TLS 1.3 only", ClientOptions.offering(OFFERED).suiteCodes(0x1301, 0x1302)));
        return versions;
    }

    private static String name(int version) {
        return switch (version) {
            case ProtocolVersion.SSL_3_0 -> "SSL 3.0";
            case ProtocolVersion.TLS_1_0 -> "TLS 1.0";
            case ProtocolVersion.TLS_1_1 -> "TLS 1.1";
            case ProtocolVersion.TLS_1_2 -> "TLS 1.2";
            default -> throw new AssertionError(ProtocolVersion.text(version));
        };
    }

    @FunctionalInterface
    private interface Cell<T> {
        String of(Policy policy, T row);
    }

    private static <T> void addTable(
            List<String> out, String head, List<T> rows, Function<T, String> name, Cell<T> cell) {
        out.add("| " + head + " | " + names(policy -> policy.name().toLowerCase(Locale.ROOT)) + " |");
        out.add("|" + "---|".repeat(head.split("\\|").length + Policy.values().length));
        for (T row : rows) {
            out.add("| " + name.apply(row) + " | " + names(policy -> cell.of(policy, row)) + " |");
        }
    }

    private static String names(Function<Policy, String> cell) {
        return Arrays.stream(Policy.values()).map(cell).collect(Collectors.joining(" | "));
    }

    private static Comparator<NamedGroup> byPreference(List<NamedGroup> order) {
        return Comparator.comparing(group -> order.contains(group) ? order.indexOf(group) : order.size());
    }

    private static String yes(boolean has) {
        return has ? "yes" : "";
    }

    private static String hex(int code) {
        return String.format(Locale.ROOT, "0x%04x", code);
    }
}
