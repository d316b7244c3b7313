package dev.lockstep.conversations.transcript;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.explain.Explanation;
import dev.lockstep.explain.Figure;
import dev.lockstep.explain.Transcript;
import dev.lockstep.explain.Transcript.WireRecord;
import dev.lockstep.explain.Wire;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code lockstep explain} prints of the bytes on the wire alone. */
class ExplanationTest {

    private static final Pattern BYTES = Pattern.compile("^([0-9a-f]{2}(?: [0-9a-f]{2}){0,15})(?: {2,}.*)?$");
    private static final int MUTATED_BYTES = 48;

    private static List<WireRecord> records(Golden golden) {
        return golden.transcript().events().stream()
                .filter(WireRecord.class::isInstance)
                .map(WireRecord.class::cast)
                .toList();
    }

    private static String hex(List<String> lines) {
        StringBuilder hex = new StringBuilder();
        for (String line : lines) {
            Matcher bytes = BYTES.matcher(line);
            if (bytes.matches()) {
                hex.append(bytes.group(1).replace(" ", ""));
            }
        }
        return hex.toString();
    }

    @ParameterizedTest
    @EnumSource
    void everyByteIsPrintedAndNoneThatIsProtectedIsOpened(Golden golden) {
        Transcript seen = new Transcript();
        Wire client = new Wire(seen, true);
        Wire server = new Wire(seen, false);
        StringBuilder sent = new StringBuilder();
        for (WireRecord record : records(golden)) {
            (record.fromClient() ? client : server).pass(record.bytes());
            sent.append(HexFormat.of().formatHex(record.bytes()));
        }
        List<String> printed = new Explanation(seen).next();

        assertThat(hex(printed)).isEqualTo(sent.toString());
        assertThat(printed).doesNotContain("Under the protection:").noneMatch(line -> line.contains("well-formed"));
        assertThat(Figure.of(seen).lines().filter(line -> !line.contains("suspended")))
                .containsExactlyElementsOf(Figure.of(golden.transcript())
                        .lines()
                        .filter(line -> !line.contains("suspended"))
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void whateverIsSentIsPrinted(Golden golden) {
        List<WireRecord> records = records(golden);
        for (int number = 0; number < records.size(); number++) {
            byte[] bytes = records.get(number).bytes();
            for (int i = 5; i < Math.min(bytes.length, MUTATED_BYTES); i++) {
                byte[] mutated = bytes.clone();
                mutated[i] ^= (byte) (1 << i % 8);
                Transcript seen = new Transcript();
                for (WireRecord before : records.subList(0, number)) {
                    seen.onRecord(before.fromClient(), before.bytes(), before.content());
                }
                new Wire(seen, records.get(number).fromClient()).pass(mutated);

                assertThat(hex(new Explanation(seen).next()))
                        .endsWith(HexFormat.of().formatHex(mutated));
                assertThat(Figure.of(seen)).isNotEmpty();
            }
        }
    }
}
