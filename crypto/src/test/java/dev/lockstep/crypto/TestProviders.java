package dev.lockstep.crypto;

import dev.lockstep.crypto.selection.ProviderSelection;
import dev.lockstep.crypto.selection.UnfitProviderException;
import dev.lockstep.crypto.source.Primitive;
import dev.lockstep.crypto.source.PrimitiveSources;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.conscrypt.OpenSSLProvider;

/** What the primitives are computed by in tests: Java, the two native providers, and one that the library does not know. */
public enum TestProviders {
    JAVA(null),
    CONSCRYPT(new OpenSSLProvider()),
    ACCP(com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider.INSTANCE),
    OTHER(TestKeys.BC);

    private final Provider provider;
    private final PrimitiveSources sources;

    TestProviders(Provider provider) {
        this.provider = provider;
        this.sources = provider == null ? PrimitiveSources.JAVA : everythingOf(provider);
    }

    /** All that a provider offers, also where the JDK is faster. */
    private static PrimitiveSources everythingOf(Provider provider) {
        try {
            PrimitiveSources chosen = ProviderSelection.of(List.of(provider)).sources();
            Map<Primitive, Provider> all = new EnumMap<>(Primitive.class);
            for (Primitive primitive : Primitive.values()) {
                if (chosen.of(primitive) != null || primitive.isFasterInJava(provider.getName())) {
                    all.put(primitive, provider);
                }
            }
            return PrimitiveSources.of(all);
        } catch (UnfitProviderException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Those that work on this machine: Amazon's is built for one platform. */
    public static Stream<TestProviders> all() {
        return Arrays.stream(values())
                .filter(each ->
                        each.provider == null || !each.provider.getServices().isEmpty());
    }

    public Provider provider() {
        return provider;
    }

    public PrimitiveSources sources() {
        return sources;
    }
}
