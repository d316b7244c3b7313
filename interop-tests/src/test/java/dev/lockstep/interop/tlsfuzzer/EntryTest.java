package dev.lockstep.interop.tlsfuzzer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryTest {
    @Test
    void theListHas188RunsWithNamesOfTheirOwn() throws IOException {
        List<Entry> entries = Entry.all();
        assertThat(entries).hasSize(188);
        assertThat(entries).extracting(Entry::id).doesNotHaveDuplicates();
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.script()).startsWith("test-").endsWith(".py");
            assertThat(entry.alternatives()).isNotEmpty();
            assertThat(entry.timeoutSeconds()).isPositive();
        });
    }

    @Test
    void alternativesAndQuotedArgumentsAreTakenApart() throws IOException {
        Entry entry = find("fallback-scsv");
        assertThat(entry.alternatives())
                .containsExactly(
                        List.of("-d", "--min-support", "TLSv1.2"),
                        List.of("-d", "-e", "record TLSv1.1 hello TLSv1.1", "-e", "sanity - TLSv1.1"));
        assertThat(find("conversation").alternatives()).containsExactly(List.of());
    }

    @Test
    void needsAndPatternsAreRead() throws IOException {
        assertThat(find("aesccm").needs()).containsExactly("ccm", "dhe");
        assertThat(find("conversation").exclude()).isEmpty();
        assertThat(find("sig-algs").xfail()).hasValueSatisfying(pattern -> assertThat(
                        pattern.matcher("rsa_pss_pss_sha256 only").find())
                .isTrue());
    }

    @Test
    void everyRunIsServedByAProfile() throws IOException {
        ServerDescription server = new ServerDescription("lockstep", Path.of("certificates"));
        assertThat(Entry.all())
                .allSatisfy(entry -> assertThat(server.missingFor(entry)).isEmpty())
                .extracting(Entry::profile)
                .containsOnly(
                        "rsa",
                        "ecdsa",
                        "ecdsa384",
                        "ecdsa521",
                        "rsapss",
                        "ed25519",
                        "clientauth",
                        "echo",
                        "renego",
                        "vhost");
    }

    @Test
    void whatAServerLacksIsListedAsMissing() throws IOException {
        ServerDescription server = new ServerDescription("openssl", Path.of("certificates"));
        assertThat(server.missingFor(find("conversation"))).isEmpty();
        assertThat(Entry.all())
                .filteredOn(entry -> server.missingFor(entry).isPresent())
                .isNotEmpty();
    }

    @Test
    void theBaselineNamesRunsOfTheList() throws IOException {
        List<String> ids = Entry.all().stream().map(Entry::id).toList();
        List<List<String>> rows = Resources.table("baseline.tsv");
        assertThat(rows).allSatisfy(row -> assertThat(row).hasSize(6));
        assertThat(rows.subList(1, rows.size() - 1))
                .extracting(row -> row.get(0))
                .allMatch(ids::contains)
                .hasSizeGreaterThan(140);
    }

    private static Entry find(String id) throws IOException {
        return Entry.all().stream()
                .filter(entry -> entry.id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
