package dev.lockstep.tls.config;

import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.setting.ConfigWarning;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.KeyExchange;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The suites of a configuration, those left out that it can never serve. A policy names many that a server has no
 * credential for; one that was asked for by name and cannot be served is worth a warning, and none at all a refusal.
 *
 * @param suites most preferred first; at least one
 * @param warnings one for each suite that was asked for and is left out
 */
record EnabledSuites(List<CipherSuite> suites, List<ConfigWarning> warnings) {

    private static final String FIELD = "cipherSuites";

    /**
     * Returns the suites of these settings.
     *
     * @throws ConfigException when none of them can be served
     */
    static EnabledSuites of(ServerSettings settings) {
        List<CipherSuite> explicit = settings.cipherSuites;
        if (explicit == null) {
            return new EnabledSuites(ofPolicy(settings), List.of());
        }
        List<CipherSuite> served = new ArrayList<>();
        List<ConfigWarning> warnings = new ArrayList<>();
        for (CipherSuite suite : explicit) {
            ConfigWarning warning = defect(suite, settings);
            if (warning == null) {
                served.add(suite);
            } else {
                warnings.add(warning);
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

    /** Returns the warnings of other settings than the suites. */
    List<ConfigWarning> otherWarnings() {
        return warnings.stream()
                .filter(warning -> !warning.field().equals(FIELD))
                .toList();
    }

    /** Returns why a suite that was asked for cannot be served; null when it can. */
    private static @Nullable ConfigWarning defect(CipherSuite suite, ServerSettings settings) {
        boolean psk = suite.keyExchange().usesPsk();
        if (psk && settings.pskSource == null) {
            return new ConfigWarning(
                    FIELD,
                    suite + " needs a source of pre-shared keys",
                    "add preSharedKeys(source), or leave the suite out");
        }
        if (psk && settings.requiresEveryClientCertificate()) {
            return new ConfigWarning(
                    FIELD,
                    suite + " asks for no client certificate, and clientAuthentication requires one",
                    "do not require a certificate, or leave the suite out");
        }
        if (!isServed(suite, settings)) {
            return new ConfigWarning(
                    FIELD,
                    "no credential, group and scheme can serve " + suite,
                    "add a matching credential, or leave the suite out");
        }
        return null;
    }

    /**
     * Those of a policy whose kind of authentication there is. Keys, groups and schemes leave none out: what the server
     * answers to a client whose groups do not fit depends on whether the policy has suites with finite-field groups (RFC
     * 7919 section 4).
     */
    private static List<CipherSuite> ofPolicy(ServerSettings settings) {
        boolean psk = settings.pskSource != null && !settings.requiresEveryClientCertificate();
        boolean selector = settings.credentialSelector != null;
        boolean certificates = selector || settings.hasCredentials();
        List<CipherSuite> suites = settings.policy.cipherSuites().stream()
                .filter(suite -> (psk || !suite.keyExchange().usesPsk())
                        && (certificates || !suite.keyExchange().usesCertificate()))
                .toList();
        if (suites.isEmpty()) {
            throw new ConfigException(
                    "clientAuthentication",
                    "every client must have a certificate, and suites with pre-shared keys, which ask for none, are all"
                            + " that can be served",
                    "add credential(Credential.local(chain, key)), or do not require a certificate");
        }
        // Each configured credential is checked by itself, with a reason of its own.
        boolean checked = !selector && certificates;
        if (!checked && suites.stream().noneMatch(suite -> isServed(suite, settings))) {
            throw new ConfigException(
                    "groups",
                    "no suite of the policy " + settings.policy + " can be served with "
                            + settings.enabledGroups().stream()
                                    .map(NamedGroup::ianaName)
                                    .toList(),
                    "add a group that its suites use, or choose another policy");
        }
        return suites;
    }

    /** A selector may bring any credential, so that only the group and the schemes are certain. */
    private static boolean isServed(CipherSuite suite, ServerSettings settings) {
        KeyExchange exchange = suite.keyExchange();
        List<NamedGroup> groups = settings.enabledGroups();
        List<SignatureScheme> schemes = settings.enabledSchemes();
        if (!exchange.usesCertificate()) {
            return Servable.hasGroup(exchange, groups);
        }
        if (settings.credentialSelector != null) {
            return Servable.hasGroup(exchange, groups) && Servable.hasScheme(exchange, schemes);
        }
        return settings.credentials().stream().anyMatch(each -> Servable.serves(each, suite, groups, schemes));
    }
}
