package dev.lockstep.crypto.source;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which provider computes which primitive; those without one are computed in Java. It is passed to whatever computes, and
 * nothing depends on the providers that are registered in {@link java.security.Security}. Immutable, safe for any thread.
 */
public final class PrimitiveSources {
    /** bcprov and the JDK, as the classes of the primitives say. */
    public static final PrimitiveSources JAVA = new PrimitiveSources(new EnumMap<>(Primitive.class), Map.of());

    private final Map<Primitive, Provider> providers;
    private final Map<Primitive, ProviderAgreement> agreements;

    private PrimitiveSources(Map<Primitive, Provider> providers, Map<Primitive, ProviderAgreement> agreements) {
        this.providers = providers;
        this.agreements = agreements;
    }

    /**
     * Takes primitives from providers, unseen: {@code selection} tries them out.
     *
     * @throws GeneralSecurityException if a provider does not have what is to be taken from it
     */
    public static PrimitiveSources of(Map<Primitive, Provider> providers) throws GeneralSecurityException {
        Map<Primitive, Provider> copy = new EnumMap<>(Primitive.class);
        Map<Primitive, ProviderAgreement> agreements = new EnumMap<>(Primitive.class);
        for (Map.Entry<Primitive, Provider> each : providers.entrySet()) {
            copy.put(each.getKey(), each.getValue());
            ProviderAgreement agreement = ProviderAgreement.of(each.getKey(), each.getValue());
            if (agreement != null) {
                agreements.put(each.getKey(), agreement);
            }
        }
        return new PrimitiveSources(copy, agreements);
    }

    /** Returns the provider of a primitive; null if it is computed in Java. */
    public @Nullable Provider of(Primitive primitive) {
        return providers.get(primitive);
    }

    /** Returns the key agreement of a primitive that is one; null if it is computed in Java. */
    public @Nullable ProviderAgreement agreement(Primitive primitive) {
        return agreements.get(primitive);
    }

    /** The same providers for the same primitives: the objects, as two of one class may be set up differently. */
    @Override
    @SuppressWarnings("ReferenceEquality") // a provider's own equals compares what is in it, entry by entry
    public boolean equals(@Nullable Object other) {
        if (this == other) {
            return true;
        }
        if (!(other instanceof PrimitiveSources that)) {
            return false;
        }
        for (Primitive primitive : Primitive.values()) {
            if (of(primitive) != that.of(primitive)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (Primitive primitive : Primitive.values()) {
            hash = 31 * hash + System.identityHashCode(of(primitive));
        }
        return hash;
    }

    @Override
    public String toString() {
        return "PrimitiveSources" + providers.keySet();
    }
}
