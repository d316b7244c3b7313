package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.session.TicketKeyRing;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionOptionsTest {

    /** The ring refuses a lifetime whose keys it cannot all hold; every lifetime that the option takes is one that it can. */
    @ParameterizedTest
    @ValueSource(ints = {1, 60, 120, 31 * 60 - 1, 31 * 60, 31 * 60 + 1, 48 * 60, 7 * 24 * 60})
    void theRingHasAPlaceForEveryKeyOfALifetime(int minutes) {
        Duration lasting = Duration.ofMinutes(minutes);
        Duration period = SessionOptions.ownKeyPeriod(lasting);
        assertThat(period).isBetween(Duration.ofHours(1), Duration.ofHours(6));
        assertThat(TicketKeyRing.rotating(period, lasting)).isNotNull();
    }

    @Test
    void aKeySealsForAnHourWhereThatIsPossible() {
        assertThat(SessionOptions.ownKeyPeriod(Duration.ofHours(30))).isEqualTo(Duration.ofHours(1));
    }
}
