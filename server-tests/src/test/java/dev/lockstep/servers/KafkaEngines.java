package dev.lockstep.servers;

import dev.lockstep.jsse.LockstepContext;
import java.security.KeyStore;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import org.apache.kafka.common.security.auth.SslEngineFactory;

/**
 * What {@code ssl.engine.factory.class} names on a broker. The configuration of a broker is text: there, this class would read
 * its own settings and make the context in {@link #configure}.
 */
public final class KafkaEngines implements SslEngineFactory {

    static final String CONTEXT = "test.lockstep.context";

    private LockstepContext context;

    @Override
    public void configure(Map<String, ?> settings) {
        context = (LockstepContext) settings.get(CONTEXT);
    }

    @Override
    public SSLEngine createServerSslEngine(String peerHost, int peerPort) {
        return context.engine(peerHost, peerPort);
    }

    @Override
    public SSLEngine createClientSslEngine(String peerHost, int peerPort, String endpointIdentification) {
        throw new UnsupportedOperationException("Lockstep has servers only");
    }

    @Override
    public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
        return false;
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return Set.of();
    }

    @Override
    public KeyStore keystore() {
        return null;
    }

    @Override
    public KeyStore truststore() {
        return null;
    }

    @Override
    public void close() {}
}
