package dev.lockstep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.config.Policy;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SuiteTest {
    @Test
    void theMatrixHasEverySuiteTheServerCanBeToldToServe() {
        assertThat(Arrays.stream(Suite.values()).map(Enum::name))
                .containsExactlyInAnyOrderElementsOf(Policy.COMPATIBLE.cipherSuites().stream()
                        // these have a matrix of their own
                        .filter(suite -> !suite.keyExchange().usesPsk()
                                && !suite.bulkCipher().isCamelliaOrAria())
                        .map(Enum::name)
                        .toList());
    }
}
