package dev.lockstep.crypto.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.crypto.hash.HashAlgorithm;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigestInfoTest {
    /** The prefixes of RFC 8017 9.2 note 1; so RFC 5246 4.7-1, 4.7-2. */
    @ParameterizedTest
    @CsvSource({
        "SHA1, 3021300906052b0e03021a05000414",
        "SHA224, 302d300d06096086480165030402040500041c",
        "SHA256, 3031300d060960864801650304020105000420",
        "SHA384, 3041300d060960864801650304020205000430",
        "SHA512, 3051300d060960864801650304020305000440"
    })
    void encodesTheValuesOfRfc8017(HashAlgorithm hash, String prefix) {
        byte[] digest = hash.digest(new byte[] {1});
        assertThat(HexFormat.of().formatHex(DigestInfo.encode(hash, digest)))
                .isEqualTo(prefix + HexFormat.of().formatHex(digest));
    }

    @Test
    void theFormWithoutParametersIsTheSameWithoutTheNull() {
        byte[] digest = HashAlgorithm.SHA256.digest(new byte[] {1});
        assertThat(HexFormat.of().formatHex(DigestInfo.encodeWithoutParameters(HashAlgorithm.SHA256, digest)))
                .isEqualTo("302f300b0609608648016503040201" + "0420"
                        + HexFormat.of().formatHex(digest));
    }

    @Test
    void refusesADigestOfAnotherLength() {
        assertThatThrownBy(() -> DigestInfo.encode(HashAlgorithm.SHA256, new byte[20]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
