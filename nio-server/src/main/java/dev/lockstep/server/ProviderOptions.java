package dev.lockstep.server;

import dev.lockstep.crypto.selection.ProviderLookup;
import dev.lockstep.tls.provider.CryptoProviders;
import dev.lockstep.tls.setting.ConfigException;
import java.security.Provider;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What computes in place of Java. */
@HelpSection(HelpSection.OPERATION)
public final class ProviderOptions {
    private static final String OPTION = "--crypto-provider";

    /** Conscrypt does not declare itself as a service, so it is found by the name of its class. */
    private static final String CONSCRYPT = "Conscrypt";

    private static final String CONSCRYPT_CLASS = "org.conscrypt.OpenSSLProvider";

    @Option(
            names = OPTION,
            paramLabel = "NAME",
            description =
                    "Let a JCA provider on the class path compute X25519, ECDH, ECDSA, RSA and ChaCha20-Poly1305 as far"
                            + " as it offers them: Conscrypt, AmazonCorrettoCryptoProvider or another one. Repeatable; of several,"
                            + " the faster one computes.")
    private List<String> names = new ArrayList<>();

    private @Nullable CryptoProviders found;

    /** Whether any was asked for. */
    public boolean isGiven() {
        return !names.isEmpty();
    }

    /** Finds the providers and tries them out, once. */
    public CryptoProviders providers() throws UsageError {
        CryptoProviders providers = found;
        if (providers == null) {
            providers = find();
            found = providers;
        }
        return providers;
    }

    private CryptoProviders find() throws UsageError {
        Set<String> distinct = new LinkedHashSet<>(names);
        if (distinct.size() != names.size()) {
            Set<String> seen = new HashSet<>();
            String twice =
                    names.stream().filter(name -> !seen.add(name)).findFirst().orElseThrow();
            throw new UsageError(OPTION, "'" + twice + "' was given twice", "give each once");
        }
        List<Provider> providers = new ArrayList<>();
        for (String name : distinct) {
            providers.add(provider(name));
        }
        try {
            return CryptoProviders.of(providers);
        } catch (ConfigException e) {
            throw UsageError.of(OPTION, e);
        }
    }

    private static Provider provider(String name) throws UsageError {
        Provider provider = ProviderLookup.named(name);
        if (provider == null && name.equals(CONSCRYPT)) {
            provider = conscrypt();
        }
        if (provider == null) {
            throw new UsageError(
                    OPTION,
                    "there is no provider '" + name + "' on the class path",
                    "start with java -cp lockstep.jar:PROVIDER.jar dev.lockstep.server.Main, and give the name as the"
                            + " provider spells it");
        }
        return provider;
    }

    private static @Nullable Provider conscrypt() throws UsageError {
        try {
            return Class.forName(CONSCRYPT_CLASS)
                    .asSubclass(Provider.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ClassNotFoundException e) {
            return null;
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new UsageError(
                    OPTION,
                    "Conscrypt's native library does not load",
                    "use the jar for this operating system and processor");
        }
    }
}
