package dev.lockstep.explain;

import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.Signaling;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The registered names of numbers, and text of a peer made harmless. */
final class Names {

    private static final int LONGEST_TEXT = 300;

    private Names() {}

    static String suite(int code) {
        return switch (code) {
            case Signaling.TLS_EMPTY_RENEGOTIATION_INFO_SCSV -> "TLS_EMPTY_RENEGOTIATION_INFO_SCSV";
            case Signaling.TLS_FALLBACK_SCSV -> "TLS_FALLBACK_SCSV";
            default -> known(CipherSuite.of(code));
        };
    }

    static String group(int code) {
        return known(NamedGroup.of(code));
    }

    static String scheme(int code) {
        return known(SignatureScheme.of(code));
    }

    static String alert(int code) {
        return known(AlertDescription.of(code)).toLowerCase(Locale.ROOT);
    }

    static String version(int number) {
        return switch (number) {
            case 0x0301 -> "TLS 1.0";
            case 0x0302 -> "TLS 1.1";
            case 0x0303 -> "TLS 1.2";
            default -> "another";
        };
    }

    private static String known(@Nullable Enum<?> value) {
        return value == null ? "not one of Lockstep's" : value.name();
    }

    /** Text from outside: what is not printable ASCII is a dot. */
    static String text(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(bytes.length, LONGEST_TEXT); i++) {
            text.append(bytes[i] >= ' ' && bytes[i] < 0x7f && bytes[i] != '`' ? (char) bytes[i] : '.');
        }
        return text.append(bytes.length > LONGEST_TEXT ? "..." : "").toString();
    }
}
