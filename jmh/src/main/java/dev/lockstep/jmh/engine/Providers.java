package dev.lockstep.jmh.engine;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.Provider;
import org.conscrypt.Conscrypt;

/** The native providers that primitives are taken from. */
public final class Providers {
    private Providers() {}

    public static Provider conscrypt() {
        return Conscrypt.newProvider();
    }

    public static Provider accp() {
        return AmazonCorrettoCryptoProvider.INSTANCE;
    }

    /** Whether its native library is for this platform. */
    static boolean isAccpAvailable() {
        return !accp().getServices().isEmpty();
    }
}
