package dev.lockstep.server.backend;

import static org.assertj.core.api.Assertions.assertThat;

import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The common name is found wherever the subject has it. */
class CommonNameTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CN=client|client",
                "O=Example, CN=client, OU=Unit|client",
                "C=DE+CN=client|client", // the first type in the order of the alphabet is another one
                "CN=client+SERIALNUMBER=1, O=Example|client",
                "O=Example, SERIALNUMBER=7+C=DE+CN=client|client",
                "CN=last, CN=first|first", // as encoded: the text form has it the other way round
                "OU=Unit+CN=of the first RDN, C=DE|of the first RDN",
                "CN=last+OU=Unit, C=DE+CN=first|first",
                "CN=a\\+OU\\=b\\, c|a+OU=b, c"
            })
    void theFirstOneCounts(String subject, String name) {
        assertThat(CommonName.of(new X500Principal(subject))).isEqualTo(name);
    }

    @Test
    void aSubjectWithoutOneHasNone() {
        assertThat(CommonName.of(new X500Principal(""))).isNull();
        assertThat(CommonName.of(new X500Principal("O=Example+OU=CN=x"))).isNull();
        assertThat(CommonName.of(new X500Principal("CN=#0403010203")))
                .as("octets")
                .isNull();
    }

    @Test
    void aLongOneIsCut() {
        assertThat(CommonName.of(new X500Principal("CN=" + "x".repeat(1000)))).hasSize(CommonName.LONGEST);
    }
}
