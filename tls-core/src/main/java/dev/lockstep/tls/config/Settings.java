package dev.lockstep.tls.config;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** What single settings must look like; each refusal names the field and the fix. */
final class Settings {

    private Settings() {}

    /** A host name or a wildcard of one, in the form to compare. */
    static String hostPattern(String field, String hostPattern) {
        String host = Credentials.normalize(hostPattern);
        String name = host.startsWith("*.") ? host.substring(2) : host;
        if (name.isEmpty() || !name.matches("[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")) {
            throw new IllegalArgumentException(field + ": '" + hostPattern
                    + "' is not a host name; give it in ASCII (A-labels), with '*.' in front for a wildcard");
        }
        return host;
    }

    static <T> List<T> nonEmpty(String field, List<T> values) {
        if (values.isEmpty() || Set.copyOf(values).size() != values.size()) {
            throw new IllegalArgumentException(
                    field + ": empty or with a value twice; give each value once, or leave the policy's list");
        }
        return List.copyOf(values);
    }

    static List<String> protocols(String field, List<String> protocols) {
        for (String protocol : protocols) {
            int length = protocol.getBytes(StandardCharsets.ISO_8859_1).length;
            if (length == 0 || length > 255 || protocol.chars().anyMatch(c -> c > 255)) {
                throw new IllegalArgumentException(
                        field + ": '" + protocol + "' does not fit; give names of 1 to 255 bytes");
            }
        }
        return List.copyOf(protocols);
    }

    static OptionalLong nanos(String field, Duration timeout) {
        if (timeout.isNegative() || timeout.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException(field + ": " + timeout + " is out of range; give zero to 365 days");
        }
        return timeout.isZero() ? OptionalLong.empty() : OptionalLong.of(timeout.toNanos());
    }
}
