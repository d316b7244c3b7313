package dev.lockstep.crypto.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KeptTest {
    private final AtomicInteger made = new AtomicInteger();
    private final Kept<Integer> kept = new Kept<>(made::incrementAndGet);

    /** The number of the object that serves. */
    private int number() throws GeneralSecurityException {
        return kept.use(object -> object);
    }

    @Test
    void whatHasWorkedServesAgain() throws GeneralSecurityException {
        assertThat(number()).isEqualTo(1);
        assertThat(number()).isEqualTo(1);
        kept.clear();
        assertThat(number()).isEqualTo(2);
    }

    /** A provider fails in any way, also by giving nothing: the caller takes another way then. */
    @Test
    void whatFailsIsDroppedHoweverItFails() throws GeneralSecurityException {
        assertThatThrownBy(() -> kept.use(object -> null)).isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> kept.use(object -> {
                    throw new ProviderException("no slot");
                }))
                .isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> kept.use(object -> {
                    throw new GeneralSecurityException("no key");
                }))
                .isInstanceOf(GeneralSecurityException.class);
        assertThat(number()).isEqualTo(4);
    }
}
