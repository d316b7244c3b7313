package dev.lockstep.jsse.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.jsse.session.HandshakeSession;
import dev.lockstep.tls.setting.ConfigException;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
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
            return new TrustManager[] {new Nothing()};
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

    private static final class Nothing implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
