package dev.lockstep.server;

import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Names from the command line, of IANA or of other programs, in any case, turned into what they name. */
public final class Names {

    private static final Set<String> SUITES_OF_TLS_1_3 = Set.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_AES_128_CCM_SHA256",
            "TLS_AES_128_CCM_8_SHA256");

    /** Words and signs of OpenSSL's cipher strings. */
    private static final Pattern CIPHER_STRING = Pattern.compile(
            "[!+@-].*|.*\\+.*|HIGH|MEDIUM|LOW|ALL|DEFAULT|COMPLEMENTOFALL|[ake]?(ECDHE?|EECDH|DHE?|EDH|RSA|ECDSA|NULL)"
                    + "|AES(128|256|GCM|CCM)?|CHACHA20|TLSV1(\\.[0-3])?",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern UNSAFE =
            Pattern.compile("RC4|DES|NULL|EXP|MD5|ANON|ADH-|AECDH|IDEA|SEED", Pattern.CASE_INSENSITIVE);

    /** More than any name has, in characters. */
    private static final int LONGEST = 100;

    private Names() {}

    public static List<CipherSuite> suites(String option, List<String> values) throws UsageError {
        return parse(option, "cipher suite", values, CipherSuite.values(), Aliases::of);
    }

    public static List<NamedGroup> groups(String option, List<String> values) throws UsageError {
        return parse(option, "group", values, NamedGroup.values(), Aliases::of);
    }

    public static List<SignatureScheme> schemes(String option, List<String> values) throws UsageError {
        return parse(option, "signature scheme", values, SignatureScheme.values(), Aliases::of);
    }

    public static Policy policy(String option, String value) throws UsageError {
        return parse(
                        option,
                        "policy",
                        List.of(value),
                        Policy.values(),
                        p -> List.of(p.name().toLowerCase(Locale.ROOT)))
                .get(0);
    }

    /** The items of a list option, which may be repeated and may hold several items between commas. */
    public static List<String> split(List<String> values) {
        return split(values, ",");
    }

    private static List<String> split(List<String> values, String separators) {
        return values.stream()
                .flatMap(value -> Arrays.stream(value.split(separators, -1)))
                .map(String::strip)
                .toList();
    }

    private static <E> List<E> parse(
            String option, String kind, List<String> values, E[] known, Function<E, List<String>> names)
            throws UsageError {
        List<E> found = new ArrayList<>();
        for (String item : split(values, "[,:]")) { // OpenSSL's lists have colons
            E match = null;
            for (E candidate : known) {
                if (names.apply(candidate).stream().anyMatch(item::equalsIgnoreCase)) {
                    match = candidate;
                }
            }
            if (match == null) {
                throw unknown(
                        option,
                        kind,
                        item,
                        Arrays.stream(known)
                                .map(candidate -> names.apply(candidate).get(0))
                                .toList());
            }
            if (found.contains(match)) {
                throw new UsageError(option, "'" + item + "' is named twice", "name each " + kind + " once");
            }
            found.add(match);
        }
        return found;
    }

    private static UsageError unknown(String option, String kind, String text, List<String> known) {
        // A comparison takes time for each character, and a file may be one name.
        String item = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        if (kind.equals("cipher suite")) {
            if (SUITES_OF_TLS_1_3.contains(item.toUpperCase(Locale.ROOT))) {
                return new UsageError(
                        option,
                        "'" + item + "' is a cipher suite of TLS 1.3, and this server speaks TLS 1.2",
                        "leave it out, and name suites such as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
            }
            if (CIPHER_STRING.matcher(item).matches()) {
                return new UsageError(
                        option,
                        "'" + item + "' is a rule for OpenSSL's list of suites and names no suite",
                        "name each suite, or choose a --policy instead");
            }
            if (UNSAFE.matcher(item).find()) {
                return new UsageError(
                        option, "'" + item + "' is no suite that is safe, and is not served", "leave it out");
            }
        }
        String nearest = known.stream()
                .min(Comparator.comparingInt(name -> distance(name, item)))
                .orElseThrow();
        boolean isNear = !item.isEmpty() && distance(nearest, item) <= Math.max(2, item.length() / 4);
        boolean isList = known.size() <= 30;
        return new UsageError(
                option,
                "'" + item + "' is no " + kind + " that this server knows",
                isNear
                        ? "use a name such as " + nearest
                        : isList
                                ? "use " + String.join(", ", known)
                                : "use names of IANA or OpenSSL, such as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
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
