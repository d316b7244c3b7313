package dev.lockstep.server.serve;

import dev.lockstep.server.OptionRules;
import dev.lockstep.server.UsageError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ParseResult;

/** The options of {@code serve} that change another one, and those that exclude each other. */
final class ServeRules {

    private static final List<String> CERTIFICATE = List.of("--cert", "--sni");

    /** For each option those of which one has to be there. */
    static final Map<String, List<String>> NEEDED = needed();

    /** For each option those that it cannot be given with. */
    static final Map<String, List<String>> EXCLUDED = excluded();

    private ServeRules() {}

    private static Map<String, List<String>> needed() {
        Map<String, List<String>> needed = new LinkedHashMap<>();
        needed.put("--allow-ca-certificate", CERTIFICATE);
        needed.put("--key-password-file", CERTIFICATE);
        needed.put("--key-delay-ms", CERTIFICATE);
        needed.put("--key-inline", CERTIFICATE);
        needed.put("--prefer", CERTIFICATE);
        needed.put("--verify-signatures", CERTIFICATE);
        needed.put("--require-keys", CERTIFICATE);
        return needed;
    }

    private static Map<String, List<String>> excluded() {
        Map<String, List<String>> excluded = new LinkedHashMap<>();
        excluded.put("--backend", List.of("--http", "--echo"));
        excluded.put("--echo", List.of("--http"));
        excluded.put("--no-keep-alive", List.of("--echo", "--backend"));
        return excluded;
    }

    /** @throws UsageError for the first option that was given and has no effect */
    static void check(ParseResult given) throws UsageError {
        new OptionRules(NEEDED, EXCLUDED).check(given);
    }
}
