package dev.lockstep.server;

import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Comma-separated IANA names, in any case, turned into what they name. */
public final class Names {

    private Names() {}

    public static List<CipherSuite> suites(String option, List<String> values) throws UsageError {
        return parse(option, "cipher suite", values, CipherSuite.values(), Enum::name);
    }

    public static List<NamedGroup> groups(String option, List<String> values) throws UsageError {
        return parse(option, "group", values, NamedGroup.values(), NamedGroup::ianaName);
    }

    public static List<SignatureScheme> schemes(String option, List<String> values) throws UsageError {
        return parse(option, "signature scheme", values, SignatureScheme.values(), SignatureScheme::ianaName);
    }

    public static Policy policy(String option, String value) throws UsageError {
        return parse(option, "policy", List.of(value), Policy.values(), p -> p.name()
                        .toLowerCase(Locale.ROOT))
                .get(0);
    }

    /** The items of a list option, which may be repeated and may hold several items between commas. */
    public static List<String> split(List<String> values) {
        return values.stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .map(String::strip)
                .toList();
    }

    private static <E> List<E> parse(
            String option, String kind, List<String> values, E[] known, Function<E, String> name) throws UsageError {
        List<E> found = new ArrayList<>();
        for (String item : split(values)) {
            E match = null;
            E nearest = known[0];
            for (E candidate : known) {
                if (name.apply(candidate).equalsIgnoreCase(item)) {
                    match = candidate;
                }
                if (distance(name.apply(candidate), item) < distance(name.apply(nearest), item)) {
                    nearest = candidate;
                }
            }
            if (match == null) {
                throw new UsageError(
                        option,
                        "'" + item + "' is no " + kind + " that this server knows",
                        "use a name such as " + name.apply(nearest));
            }
            if (found.contains(match)) {
                throw new UsageError(option, "'" + item + "' is named twice", "name each " + kind + " once");
            }
            found.add(match);
        }
        return found;
    }

    /** How many single-character edits lie between two names, without regard to case. */
    private static int distance(String a, String b) {
        String x = a.toLowerCase(Locale.ROOT);
        String y = b.toLowerCase(Locale.ROOT);
        int[] row = new int[y.length() + 1];
        for (int j = 0; j <= y.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= x.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= y.length(); j++) {
                int change = diagonal + (x.charAt(i - 1) == y.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[y.length()];
    }
}
