package dev.lockstep.tls.provider;

import dev.lockstep.crypto.selection.ProviderLookup;
import dev.lockstep.crypto.selection.ProviderSelection;
import dev.lockstep.crypto.selection.UnfitProviderException;
import dev.lockstep.crypto.source.PrimitiveSources;
import dev.lockstep.tls.setting.ConfigException;
import java.security.Provider;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Providers that compute X25519, ECDH, ECDSA, RSA and ChaCha20-Poly1305 in place of bcprov and the JDK, primitive by primitive.
 * Conscrypt and the Amazon Corretto Crypto Provider do so outside Java, two to four times faster; any other {@link Provider}
 * serves too. Where several offer a primitive, a table of the library names the fastest; those it does not know come after those
 * it knows, in the order given.
 *
 * <p>What a client may send does not depend on them: points are validated, signatures are read and RSA blocks are unpadded in
 * Java, and a key of a kind or size that a provider does not take, or that it signs wrongly with, is computed with there. They
 * bring their own randomness for key pairs, signatures and blinding, and it is theirs to take the same time whatever the secret
 * is.
 *
 * <p>Nothing is registered in {@link java.security.Security}, and nothing there is looked at. Immutable, safe for any thread.
 */
public final class CryptoProviders {
    /** None: everything is computed in Java. */
    public static final CryptoProviders NONE = of(List.of());

    private static final String FIELD = "cryptoProviders";

    private final ProviderSelection selection;

    private CryptoProviders(ProviderSelection selection) {
        this.selection = selection;
    }

    /**
     * Tries every primitive of every provider, which takes some ten milliseconds, and chooses.
     *
     * @throws ConfigException when a provider computes something wrongly, or nothing can be taken from it
     */
    public static CryptoProviders of(Provider... providers) {
        return of(List.of(providers));
    }

    /**
     * Returns the same with providers that are named, as {@link Provider#getName} has it: those registered in this Java runtime, and
     * those on the class or module path that declare themselves as services, as Amazon's does and Conscrypt does not.
     *
     * @throws ConfigException as above, and when there is no provider of a name
     */
    public static CryptoProviders named(String... names) {
        List<Provider> providers = new ArrayList<>();
        for (String name : names) {
            Provider provider = ProviderLookup.named(name);
            if (provider == null) {
                throw new ConfigException(
                        FIELD,
                        "there is no provider '" + name + "' here",
                        "add its library to the class path, or give the provider itself");
            }
            providers.add(provider);
        }
        return of(providers);
    }

    /**
     * As {@link #of(Provider...)}.
     *
     * @param providers in the order in which they are preferred where the library does not know the faster one
     */
    public static CryptoProviders of(List<Provider> providers) {
        try {
            return new CryptoProviders(ProviderSelection.of(providers));
        } catch (UnfitProviderException e) {
            throw new ConfigException(
                    FIELD, String.valueOf(e.getMessage()), "leave it out, or give another version", e);
        }
    }

    /**
     * Returns what computes what: one line for each primitive that can come from a provider, such as {@code X25519: Conscrypt}, with
     * the reason in brackets where a provider was left out.
     */
    public List<String> table() {
        return selection.table();
    }

    /** For the library itself. */
    @SuppressWarnings("exports") // its type is of a module that only this library reads
    public PrimitiveSources sources() {
        return selection.sources();
    }

    /** Returns whether the same providers compute the same primitives. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CryptoProviders that && sources().equals(that.sources());
    }

    @Override
    public int hashCode() {
        return sources().hashCode();
    }

    @Override
    public String toString() {
        return "CryptoProviders" + table();
    }
}
