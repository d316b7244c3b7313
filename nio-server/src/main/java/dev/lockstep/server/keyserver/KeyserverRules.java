package dev.lockstep.server.keyserver;

import dev.lockstep.server.OptionRules;
import dev.lockstep.server.UsageError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ParseResult;

/**
 * The options of a key server that change another one. Such an option alone is a mistake: its user believes that a client is
 * allowed or a log is kept, and nothing would say otherwise.
 */
final class KeyserverRules {

    private static final String TCP = "--tcp";
    private static final String SOCKET = "--socket";
    private static final String TOKEN = "--pkcs11";
    private static final String LOG = "--log";

    /** For each option those of which one has to be there. */
    static final Map<String, List<String>> NEEDED = needed();

    private KeyserverRules() {}

    private static Map<String, List<String>> needed() {
        Map<String, List<String>> needed = new LinkedHashMap<>();
        needed.put("--tls-cert", List.of(TCP));
        needed.put("--tls-key", List.of(TCP));
        needed.put("--tls-client-ca", List.of(TCP));
        needed.put("--tls-client-crl", List.of(TCP));
        needed.put("--allow-client", List.of(TCP));
        needed.put("--allow-client-file", List.of(TCP));
        needed.put("--socket-mode", List.of(SOCKET));
        needed.put("--socket-group", List.of(SOCKET));
        needed.put("--allow-uid", List.of(SOCKET));
        needed.put("--pkcs11-slot-index", List.of(TOKEN));
        needed.put("--pkcs11-pin-file", List.of(TOKEN));
        needed.put("--pkcs11-pin-env", List.of(TOKEN));
        needed.put("--key-password-file", List.of("--key", "--cert", "--tls-key")); // PKCS#12 has both
        needed.put("--demo-key-files", List.of("--demo-keys"));
        needed.put("--log-fsync", List.of(LOG));
        needed.put("--log-max-bytes", List.of(LOG));
        needed.put("--log-key", List.of(LOG));
        needed.put("--log-copy", List.of(LOG));
        return needed;
    }

    /** @throws UsageError for the first option that was given and has no effect */
    static void check(ParseResult given) throws UsageError {
        new OptionRules(NEEDED, Map.of("--pkcs11-pin-file", List.of("--pkcs11-pin-env"))).check(given);
    }
}
