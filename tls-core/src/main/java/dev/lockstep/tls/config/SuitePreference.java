package dev.lockstep.tls.config;

import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.spec.CipherSuite;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** In which order the enabled suites are tried for a client. */
final class SuitePreference {

    private final List<CipherSuite> enabled;
    private final SuiteOrder order;
    private final List<Set<CipherSuite>> equal;

    SuitePreference(List<CipherSuite> enabled, ServerSettings settings) {
        this.enabled = enabled;
        this.order = settings.suiteOrder;
        this.equal = settings.equalCipherSuites;
    }

    /**
     * Checks and copies sets of suites that are equal to the server.
     *
     * @throws ConfigException when a set has fewer than two suites, or two sets have one in common
     */
    static List<Set<CipherSuite>> requireDisjoint(List<Set<CipherSuite>> sets) {
        Set<CipherSuite> seen = new HashSet<>();
        List<Set<CipherSuite>> copies = new ArrayList<>();
        for (Set<CipherSuite> given : Objects.requireNonNull(sets, "equalCipherSuites")) {
            Set<CipherSuite> set = new LinkedHashSet<>(Objects.requireNonNull(given, "equalCipherSuites"));
            set.forEach(suite -> Objects.requireNonNull(suite, "equalCipherSuites"));
            if (set.size() < 2 || set.stream().anyMatch(suite -> !seen.add(suite))) {
                throw new ConfigException(
                        "equalCipherSuites",
                        set + " has fewer than two suites, or one of another set",
                        "give sets of two suites or more, each suite in one of them");
            }
            copies.add(Set.copyOf(set));
        }
        return List.copyOf(copies);
    }

    /** Returns the enabled suites, the first to try first; those that the client does not offer may be missing. */
    List<CipherSuite> inOrderFor(int[] offered) {
        if (order == SuiteOrder.CLIENT) {
            return offeredOf(Set.copyOf(enabled), offered);
        }
        if (equal.isEmpty()) {
            return enabled;
        }
        Set<CipherSuite> ordered = new LinkedHashSet<>();
        for (CipherSuite suite : enabled) {
            for (Set<CipherSuite> set : equal) {
                if (set.contains(suite)) {
                    Set<CipherSuite> here = new HashSet<>(set);
                    here.retainAll(enabled);
                    ordered.addAll(offeredOf(here, offered));
                }
            }
            ordered.add(suite);
        }
        return List.copyOf(ordered);
    }

    /** Those of a set that the client offers, in its order. */
    private static List<CipherSuite> offeredOf(Set<CipherSuite> set, int[] offered) {
        Set<CipherSuite> found = new LinkedHashSet<>();
        for (int code : offered) {
            CipherSuite suite = CipherSuite.of(code);
            if (suite != null && set.contains(suite)) {
                found.add(suite);
            }
        }
        return List.copyOf(found);
    }
}
