package dev.lockstep.tls.config;

import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.setting.ConfigWarning;
import dev.lockstep.tls.spec.CipherSuite;
import java.util.ArrayList;
import java.util.List;

/**
 * The suites of a configuration, those left out that it can never serve. A policy names many that a server has no
 * credential for; one that was asked for by name and cannot be served is worth a warning, and none at all a refusal.
 *
 * @param suites most preferred first; at least one
 * @param warnings one for each suite that was asked for and is left out
 */
record EnabledSuites(List<CipherSuite> suites, List<ConfigWarning> warnings) {

    /**
     * Returns the suites of these settings.
     *
     * @throws ConfigException when suites were asked for, and none of them can be served
     */
    static EnabledSuites of(ServerSettings settings) {
        List<CipherSuite> explicit = settings.cipherSuites;
        if (explicit == null) {
            return new EnabledSuites(settings.suites(), List.of());
        }
        List<CipherSuite> served = new ArrayList<>();
        List<ConfigWarning> warnings = new ArrayList<>();
        for (CipherSuite suite : explicit) {
            if (suite.keyExchange().usesPsk() && settings.pskSource == null) {
                warnings.add(new ConfigWarning(
                        "cipherSuites",
                        suite + " needs a source of pre-shared keys",
                        "add preSharedKeys(source), or leave the suite out"));
            } else if (!isServed(suite, settings)) {
                warnings.add(new ConfigWarning(
                        "cipherSuites",
                        "no credential, group and scheme can serve " + suite,
                        "add a matching credential, or leave the suite out"));
            } else {
                served.add(suite);
            }
        }
        if (served.isEmpty()) {
            ConfigWarning first = warnings.get(0);
            throw new ConfigException(first.field(), first.reason(), first.fix());
        }
        return new EnabledSuites(List.copyOf(served), List.copyOf(warnings));
    }

    /** Returns the same with more to warn of. */
    EnabledSuites withWarnings(List<ConfigWarning> more) {
        List<ConfigWarning> all = new ArrayList<>(warnings);
        all.addAll(more);
        return new EnabledSuites(suites, List.copyOf(all));
    }

    /** A selector may bring any credential, so that only the group is certain. */
    private static boolean isServed(CipherSuite suite, ServerSettings settings) {
        if (!suite.keyExchange().usesCertificate() || settings.credentialSelector != null) {
            return Servable.hasGroup(suite.keyExchange(), settings.enabledGroups());
        }
        return settings.credentials().stream().anyMatch(credential -> serves(credential, suite, settings));
    }

    private static boolean serves(Credential credential, CipherSuite suite, ServerSettings settings) {
        return Servable.serves(credential, suite, settings.enabledGroups(), settings.enabledSchemes());
    }
}
