package dev.lockstep.crypto.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.security.PrivateKey;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.security.auth.DestroyFailedException;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProviderAgreementTest {
    private final AtomicInteger calls = new AtomicInteger();

    private static ProviderAgreement agreement() throws Exception {
        ProviderAgreement agreement = PrimitiveSources.of(Map.of(Primitive.X25519, new BouncyCastleProvider()))
                .agreement(Primitive.X25519);
        assertThat(agreement).isNotNull();
        return agreement;
    }

    /** A key whose destroy throws. */
    private PrivateKey key(Exception thrown) {
        return (PrivateKey) Proxy.newProxyInstance(
                PrivateKey.class.getClassLoader(), new Class<?>[] {PrivateKey.class}, (proxy, method, arguments) -> {
                    calls.incrementAndGet();
                    throw thrown;
                });
    }

    /** Other secrets are wiped behind this one. */
    @ParameterizedTest
    @ValueSource(classes = {UnsupportedOperationException.class, IllegalStateException.class})
    void aKeyThatCannotBeDestroyedIsDroppedHoweverItSaysSo(Class<? extends Exception> kind) throws Exception {
        ProviderAgreement agreement = agreement();
        PrivateKey key = key(kind.getConstructor().newInstance());
        agreement.destroy(key);
        agreement.destroy(key);
        assertThat(calls).as("the next one may be another").hasValue(2);
    }

    @Test
    void aProviderThatCannotIsAskedOnce() throws Exception {
        ProviderAgreement agreement = agreement();
        PrivateKey key = key(new DestroyFailedException());
        agreement.destroy(key);
        agreement.destroy(key);
        assertThat(calls).hasValue(1);
    }
}
