package dev.lockstep.server.keyserver.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as one structure of ASN.1, read as leniently as any reader might. */
class DerShapeTest {

    private static boolean isOne(String hex) {
        return DerShape.isOneElement(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "30 00",
                "31 00",
                "30 02 05 00",
                "30 04 05 00 05 00",
                "30 03 1F 21 00", // a primitive element with a long tag inside
                // tags of several bytes
                "7F 21 00",
                "3F 81 21 00",
                "BF 81 82 03 02 05 00",
                // of which one is zero, which ends a tag
                "7F 00 00",
                "7F 81 00 00",
                // lengths longer than they need be
                "30 81 02 05 00",
                "30 82 00 02 05 00",
                "30 84 00 00 00 02 05 00",
                "30 8A 00 00 00 00 00 00 00 00 00 02 05 00",
                // lengths that are a marker at the end
                "30 80",
                "30 80 05 00",
                "30 80 00 00",
                "30 04 05 00 24 80",
            })
    void structures(String hex) {
        assertThat(isOne(hex)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "30",
                // no structure by their tags
                "04 00",
                "24 00",
                "5F 21 00",
                "1F 21 00",
                // more or less than one
                "30 00 00",
                "30 00 30 00",
                "30 03 05 00",
                "30 02 05",
                // contents that are no elements to their end
                "30 01 05",
                "30 02 05 01",
                "30 03 05 00 05",
                "30 04 05 00 05 01",
                // cut tags and lengths
                "7F",
                "7F 21",
                "7F 81",
                "7F 81 81",
                "7F 81 21",
                "30 81",
                "30 82 00",
                // lengths beyond the end, some of which are 2 to a reader that counts in 32 or 64 bits
                "30 81 03 05 00",
                "30 82 01 02 05 00",
                "30 84 7F FF FF FF 05 00",
                "30 84 FF FF FF FF 05 00",
                "30 85 01 00 00 00 02 05 00",
                "30 89 01 00 00 00 00 00 00 00 02 05 00",
            })
    void otherBytes(String hex) {
        assertThat(isOne(hex)).isFalse();
    }
}
