package dev.lockstep.crypto.selection;

import dev.lockstep.crypto.source.Primitive;
import dev.lockstep.crypto.source.PrimitiveSources;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What is taken from which of several providers: of each primitive the fastest that offers it, by the table of {@link
 * Primitive}; those that the table does not name come after those it names, in the order given. Immutable.
 */
public final class ProviderSelection {
    private final PrimitiveSources sources;
    private final Map<Primitive, List<String>> notTaken;

    private ProviderSelection(PrimitiveSources sources, Map<Primitive, List<String>> notTaken) {
        this.sources = sources;
        this.notTaken = notTaken;
    }

    /**
     * Tries every primitive of every provider and chooses. Takes some ten milliseconds.
     *
     * @param providers in the order in which they are preferred where the table does not know better; possibly none
     * @throws UnfitProviderException if a provider computes wrongly, or nothing can be taken from it
     */
    public static ProviderSelection of(List<Provider> providers) throws UnfitProviderException {
        Map<Primitive, Provider> taken = new EnumMap<>(Primitive.class);
        Map<Primitive, List<String>> notTaken = new EnumMap<>(Primitive.class);
        for (Provider provider : providers) {
            boolean usable = false;
            for (Primitive primitive : Primitive.values()) {
                String reason = SelfTest.defect(primitive, provider);
                usable |= reason == null;
                if (reason == null && primitive.isFasterInJava(provider.getName())) {
                    reason = "Java is faster";
                } else if (reason == null) {
                    taken.merge(primitive, provider, (one, other) -> faster(primitive, one, other));
                    continue;
                }
                notTaken.computeIfAbsent(primitive, key -> new ArrayList<>()).add(provider.getName() + ": " + reason);
            }
            if (!usable) {
                throw new UnfitProviderException("nothing can be taken from " + provider.getName()
                        + (provider.getServices().isEmpty()
                                ? ", which has no services: its native library may be for another platform"
                                : ""));
            }
        }
        try {
            return new ProviderSelection(PrimitiveSources.of(taken), notTaken);
        } catch (GeneralSecurityException e) {
            throw new UnfitProviderException("a provider has lost what it had: " + e.getMessage());
        }
    }

    private static Provider faster(Primitive primitive, Provider one, Provider other) {
        Comparator<Provider> byRank = Comparator.comparingInt(provider -> primitive.rank(provider.getName()));
        return byRank.compare(other, one) < 0 ? other : one;
    }

    /** Returns what computes. */
    public PrimitiveSources sources() {
        return sources;
    }

    /**
     * One line for each primitive, with what computes it and why a provider does not: {@code ECDH on P-521: bcprov (Conscrypt:
     * Java is faster)}.
     */
    public List<String> table() {
        List<String> lines = new ArrayList<>();
        for (Primitive primitive : Primitive.values()) {
            Provider provider = sources.of(primitive);
            List<String> reasons = notTaken.getOrDefault(primitive, List.of());
            lines.add(primitive.label() + ": " + (provider == null ? primitive.inJava() : provider.getName())
                    + (reasons.isEmpty() ? "" : " (" + String.join("; ", reasons) + ")"));
        }
        return List.copyOf(lines);
    }
}
