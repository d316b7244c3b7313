package dev.lockstep.interop.tlsfuzzer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShellWordsTest {
    @Test
    void wordsEndAtWhiteSpaceOutsideQuotes() {
        assertThat(ShellWords.split(" -e 'two words'  \"it's\" x''y '' "))
                .containsExactly("-e", "two words", "it's", "xy", "");
    }

    @Test
    void anOpenQuoteIsAnError() {
        assertThatThrownBy(() -> ShellWords.split("-e 'open")).isInstanceOf(IllegalArgumentException.class);
    }
}
