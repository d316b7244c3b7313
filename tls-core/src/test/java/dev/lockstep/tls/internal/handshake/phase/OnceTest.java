package dev.lockstep.tls.internal.handshake.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class OnceTest {

    private final Once<String> once = new Once<>();

    @Test
    void beforeItIsEstablishedThereIsNoFact() {
        assertThat(once.isSet()).isFalse();
        assertThat(once.orNull()).isNull();
        assertThat(once.orElse("other")).isEqualTo("other");
        assertThatIllegalStateException().isThrownBy(once::get);
    }

    @Test
    void aFactIsEstablishedOnce() {
        once.set("fact");
        assertThat(once.isSet()).isTrue();
        assertThat(once.get()).isEqualTo("fact");
        assertThat(once.orNull()).isEqualTo("fact");
        assertThat(once.orElse("other")).isEqualTo("fact");
        assertThatIllegalStateException().isThrownBy(() -> once.set("another")).withMessageContaining("another");
        assertThat(once.get()).isEqualTo("fact");
    }

    @Test
    void afterItsUseAFactIsDropped() {
        once.set("fact");
        once.clear();
        assertThat(once.isSet()).isFalse();
        once.set("next");
        assertThat(once.get()).isEqualTo("next");
    }
}
