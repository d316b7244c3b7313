package dev.lockstep.tls.config;

import dev.lockstep.tls.setting.ConfigException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/** The checks of single settings, each of which gives the value in the form to keep. */
final class FieldChecks {

    /** In characters, as DNS has it. */
    private static final int LONGEST_HOST = 253;

    /** Labels of 1 to 63 characters; the underscore is in names of services. */
    private static final Pattern HOST_NAME =
            Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");

    /** No top-level domain is a number, so that this is never a name. An IPv6 address has colons, which no name has. */
    private static final Pattern ADDRESS = Pattern.compile("\\d+(\\.\\d+){3}");

    private FieldChecks() {}

    /** Returns a host name or a wildcard of one, in the form to compare. */
    static String hostPattern(String field, String hostPattern) {
        String host = Credentials.normalize(Objects.requireNonNull(hostPattern, field));
        String name = host.startsWith("*.") ? host.substring(2) : host;
        if (name.length() > LONGEST_HOST || !HOST_NAME.matcher(name).matches()) {
            throw new ConfigException(
                    field,
                    "'" + hostPattern + "' is not a host name",
                    "give it in ASCII (A-labels), with '*.' in front for a wildcard");
        }
        if (ADDRESS.matcher(name).matches()) {
            throw new ConfigException(
                    field,
                    "'" + hostPattern + "' is an address, and clients send names only (RFC 6066 3)",
                    "leave it out: clients that connect to an address are served as those without a name");
        }
        return host;
    }

    static <T> List<T> distinct(String field, List<T> values) {
        List<T> copy = present(field, values);
        if (copy.isEmpty() || Set.copyOf(copy).size() != copy.size()) {
            throw new ConfigException(
                    field, "empty or with a value twice", "give each value once, or leave the default");
        }
        return copy;
    }

    /** Returns names of ALPN, each once; none turns it off. */
    static List<String> protocols(String field, List<String> protocols) {
        List<String> copy = present(field, protocols);
        for (String protocol : copy) {
            if (protocol.isEmpty()
                    || protocol.length() > 255
                    || protocol.chars().anyMatch(c -> c > 255)) {
                throw new ConfigException(field, "'" + protocol + "' does not fit", "give names of 1 to 255 bytes");
            }
        }
        return copy.isEmpty() ? copy : distinct(field, copy);
    }

    /** Returns a copy without null: it is made first, so that what is checked is what is kept. */
    static <T> List<T> present(String field, List<T> values) {
        List<T> copy = new ArrayList<>(Objects.requireNonNull(values, field));
        copy.forEach(value -> Objects.requireNonNull(value, field));
        return List.copyOf(copy);
    }

    /** Returns a time limit; zero for none. */
    static Duration timeout(String field, Duration timeout) {
        Objects.requireNonNull(timeout, field);
        if (timeout.isNegative() || timeout.compareTo(Duration.ofDays(365)) > 0) {
            throw ConfigException.outOfRange(field, timeout, "zero to 365 days");
        }
        return timeout;
    }

    /** Returns how long sessions live. */
    static Duration sessionLifetime(String field, Duration lifetime) {
        Objects.requireNonNull(lifetime, field);
        if (lifetime.compareTo(Duration.ofSeconds(1)) < 0 || lifetime.compareTo(Duration.ofDays(7)) > 0) {
            throw ConfigException.outOfRange(field, lifetime, "1 second to 7 days");
        }
        return lifetime;
    }

    /** Returns a limit on the plaintext of records, in bytes. */
    static int recordLength(String field, int bytes) {
        if (bytes < 64 || bytes > 1 << 14) {
            throw ConfigException.outOfRange(field, bytes, "64 to 16384");
        }
        return bytes;
    }

    /** Returns a psk_identity_hint in UTF-8. */
    static byte[] identityHint(String field, String hint) {
        byte[] encoded = Objects.requireNonNull(hint, field).getBytes(StandardCharsets.UTF_8);
        if (encoded.length == 0 || encoded.length > 0xffff) {
            throw new ConfigException(field, encoded.length + " bytes in UTF-8", "give 1 to 65535, or leave it out");
        }
        return encoded;
    }

    /** Returns a copy of what sessions are bound to. */
    static byte[] sessionContext(String field, byte[] context) {
        if (Objects.requireNonNull(context, field).length > 0xffff) {
            throw new ConfigException(field, context.length + " bytes", "give at most 65535");
        }
        return context.clone();
    }
}
