package dev.lockstep.server;

import java.util.Locale;
import java.util.regex.Pattern;

/** Host names and {@code *.domain} on a command line, as clients name the host that they want (RFC 6066 section 3). */
public final class HostPattern {

    /** In characters, as DNS has it. */
    private static final int LONGEST = 253;

    private static final Pattern NAME =
            Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");

    /** No top-level domain is a number, so that this is never a name. */
    private static final Pattern ADDRESS = Pattern.compile("[0-9]+(\\.[0-9]+){3}");

    private HostPattern() {}

    /** Returns the form in which patterns and names are compared: in lower case, without the dot of the root. */
    public static String normal(String pattern) {
        String lower = pattern.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /**
     * Returns a pattern in its {@linkplain #normal normal} form.
     *
     * @param option that has the pattern
     * @throws UsageError when no client can ask for such a host
     */
    public static String require(String option, String pattern) throws UsageError {
        String normal = normal(pattern);
        String name = normal.startsWith("*.") ? normal.substring(2) : normal;
        if (name.length() > LONGEST || !NAME.matcher(name).matches()) {
            throw new UsageError(
                    option,
                    "'" + pattern + "' is not a host name",
                    "give it in ASCII (A-labels), with '*.' in front for a wildcard");
        }
        if (ADDRESS.matcher(name).matches()) {
            throw new UsageError(
                    option,
                    "'" + pattern + "' is an address, and clients send names only (RFC 6066 3)",
                    "leave it out: clients that connect to an address are served as those without a name");
        }
        return normal;
    }
}
