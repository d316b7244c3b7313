package dev.lockstep.jsse.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.jsse.session.HandshakeSession;
import dev.lockstep.tls.setting.ConfigException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The authorities of the Java installation, where no trust manager is given. */
class JavaDefaultsTest {

    @Test
    void whatCannotBeReadIsReadAgainForTheNextConnection() {
        AtomicInteger reads = new AtomicInteger();
        JavaDefaults defaults = new JavaDefaults(() -> {
            if (reads.incrementAndGet() == 1) {
                throw new IOException("the disk is away");
            }
            return JavaDefaults.managers();
        });
        assertThatThrownBy(() -> defaults.verifier(new Stranger()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the disk is away")
                .hasMessageContaining("javax.net.ssl.trustStore");
        assertThat(defaults.verifier(new Stranger())).isNotNull();
        assertThat(defaults.verifier(new Stranger())).isNotNull();
        assertThat(reads).hasValue(2);
    }

    private static final class Stranger implements Party {
        @Override
        public HandshakeSession handshakeSession() {
            throw new AssertionError("there is no handshake");
        }
    }
}
