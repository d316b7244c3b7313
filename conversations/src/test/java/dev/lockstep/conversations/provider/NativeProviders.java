package dev.lockstep.conversations.provider;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.lockstep.tls.provider.CryptoProviders;
import java.security.Provider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.conscrypt.OpenSSLProvider;

/** What computes for the servers of these tests. */
enum NativeProviders {
    NONE,
    CONSCRYPT(new OpenSSLProvider()),
    ACCP(AmazonCorrettoCryptoProvider.INSTANCE),
    BOTH(CONSCRYPT.available.get(0), AmazonCorrettoCryptoProvider.INSTANCE);

    private final List<Provider> available = new ArrayList<>();
    private final CryptoProviders providers;

    NativeProviders(Provider... all) {
        // Amazon's is built for one platform.
        Arrays.stream(all).filter(each -> !each.getServices().isEmpty()).forEach(available::add);
        providers = CryptoProviders.of(available);
    }

    CryptoProviders providers() {
        return providers;
    }

    static Stream<NativeProviders> all() {
        return Arrays.stream(values());
    }
}
