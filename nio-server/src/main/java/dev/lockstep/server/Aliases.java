package dev.lockstep.server;

import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureFamily;
import dev.lockstep.tls.spec.SignatureHash;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names that other programs have for suites, groups and schemes; that of IANA comes first. */
final class Aliases {

    private static final Pattern SUITE = Pattern.compile(
            "TLS_(?<exchange>\\w+)_WITH_(?<cipher>[A-Z]+)_(?<bits>128|256)_(?<mode>CBC|GCM|CCM_8|CCM)(_(?<hash>SHA\\d*))?");

    private Aliases() {}

    /** As IANA, OpenSSL and Mbed TLS name a suite. */
    static List<String> of(CipherSuite suite) {
        String name = suite.name();
        List<String> names = new ArrayList<>(List.of(name, name.replace('_', '-')));
        Matcher parts = SUITE.matcher(name);
        if (parts.matches()) {
            String exchange = exchange(parts.group("exchange"));
            String rest = parts.group("cipher") + parts.group("bits") + mode(parts, exchange.contains("PSK"));
            names.add(exchange + rest);
            if (exchange.equals("ECDHE-RSA-") && rest.startsWith("ARIA")) {
                names.add("ECDHE-" + rest); // OpenSSL leaves the RSA out of these two
            }
        } else if (name.endsWith("_WITH_CHACHA20_POLY1305_SHA256")) {
            names.add(exchange(name.substring("TLS_".length(), name.indexOf("_WITH_"))) + "CHACHA20-POLY1305");
        }
        return names;
    }

    private static String exchange(String exchange) {
        return switch (exchange) {
            case "RSA" -> "";
            case "PSK_DHE" -> "DHE-PSK-";
            default -> exchange.replace('_', '-') + "-";
        };
    }

    private static String mode(Matcher parts, boolean psk) {
        return switch (parts.group("mode")) {
            case "CCM" -> "-CCM";
            case "CCM_8" -> "-CCM8";
            case "GCM" -> "-GCM-" + parts.group("hash");
            default -> (psk && !parts.group("cipher").equals("CAMELLIA") ? "-CBC-" : "-") + parts.group("hash");
        };
    }

    /** As IANA, NIST, X9.62 and OpenSSL name a group. */
    static List<String> of(NamedGroup group) {
        String name = group.ianaName();
        return switch (group) {
            case SECP256R1 -> List.of(name, "P-256", "P256", "prime256v1", "nistp256");
            case SECP384R1 -> List.of(name, "P-384", "P384", "nistp384");
            case SECP521R1 -> List.of(name, "P-521", "P521", "nistp521");
            case X25519 -> List.of(name, "curve25519");
            case X448 -> List.of(name, "curve448");
            default -> List.of(name);
        };
    }

    /** As IANA and OpenSSL name a scheme. */
    static List<String> of(SignatureScheme scheme) {
        List<String> names = new ArrayList<>(List.of(scheme.ianaName()));
        if (scheme.hash() != SignatureHash.INTRINSIC) {
            String hash = scheme.hash().digestName().replace("-", "");
            if (scheme.family() == SignatureFamily.RSA_PKCS1) {
                names.add("RSA+" + hash);
            } else if (scheme.family() == SignatureFamily.ECDSA) {
                names.add("ECDSA+" + hash);
            } else if (scheme.family() == SignatureFamily.RSA_PSS_RSAE) {
                names.addAll(List.of("RSA-PSS+" + hash, "PSS+" + hash));
            }
        }
        return names;
    }
}
