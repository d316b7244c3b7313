package dev.lockstep.tls.config;

import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.StapledResponse;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;

/** What settings must fulfil together, so that a configuration that cannot work never starts. */
final class BuildChecks {

    private final ServerSettings settings;
    private final List<Credential> credentials;

    private BuildChecks(ServerSettings settings) {
        this.settings = settings;
        this.credentials = settings.credentials();
    }

    /**
     * Checks everything that involves more than one setting.
     *
     * @return the suites, of which at least one can be served
     * @throws ConfigException for the first thing that is wrong
     */
    static EnabledSuites require(ServerSettings settings) {
        BuildChecks checks = new BuildChecks(settings);
        checks.requireSomethingToAuthenticateWith();
        checks.requireUsableResponses(settings.wallClock.instant());
        EnabledSuites enabled = EnabledSuites.of(settings);
        if (settings.credentialSelector == null) {
            checks.credentials.forEach(credential -> checks.requireUseOf(credential, enabled.suites()));
        }
        return enabled;
    }

    private void requireSomethingToAuthenticateWith() {
        if (credentials.isEmpty() && settings.credentialSelector == null && settings.pskSource == null) {
            throw new ConfigException(
                    "credential",
                    "none given",
                    "add credential(Credential.local(chain, key)) or preSharedKeys(source)");
        }
        if (settings.pskIdentityHint.length > 0 && settings.pskSource == null) {
            throw new ConfigException(
                    "pskIdentityHint", "there is nothing to hint at", "add preSharedKeys(source), or leave it out");
        }
        if (settings.requireKnownServerName && settings.byHost.isEmpty()) {
            throw new ConfigException(
                    "requireKnownServerName", "no host name is configured", "add credential(hostPattern, ...)");
        }
    }

    /**
     * A response that no client could use is a mistake, as long as it did not have the time to grow old here. A source that
     * fails is none: it may recover, and handshakes do without.
     */
    private void requireUsableResponses(Instant now) {
        for (Credential credential : credentials) {
            StapledResponse response = credential.stapledResponse(now);
            String defect = response.defect();
            if (defect != null && response.failure() == null) {
                throw new ConfigException(
                        "ocspResponse",
                        "that of " + credential + " has the fault " + defect,
                        "give a current response for this certificate, or none");
            }
        }
    }

    private void requireUseOf(Credential credential, List<CipherSuite> suites) {
        if (!servesAny(credential, suites, settings.enabledGroups(), settings.enabledSchemes())) {
            throw new ConfigException(
                    faultOf(credential),
                    credential + " can serve none of the enabled suites (its key signs with "
                            + new TreeSet<>(credential.signatureSchemes())
                            + (credential.canDecrypt() ? " and decrypts" : " and does not decrypt") + ")",
                    "enable a suite, group and scheme that fit it, or give another key");
        }
    }

    /** Which list, of those that were given, keeps the credential from being of use; itself if none does. */
    private String faultOf(Credential credential) {
        List<CipherSuite> allSuites = Policy.COMPATIBLE.cipherSuites();
        List<NamedGroup> allGroups = List.of(NamedGroup.values());
        List<SignatureScheme> allSchemes = Policy.COMPATIBLE.signatureSchemes();
        if (settings.signatureSchemes != null
                && servesAny(credential, settings.suites(), settings.enabledGroups(), allSchemes)) {
            return "signatureSchemes";
        }
        if (settings.groups != null && servesAny(credential, settings.suites(), allGroups, settings.enabledSchemes())) {
            return "groups";
        }
        if (settings.cipherSuites != null
                && servesAny(credential, allSuites, settings.enabledGroups(), settings.enabledSchemes())) {
            return "cipherSuites";
        }
        return "credential";
    }

    private static boolean servesAny(
            Credential credential, List<CipherSuite> suites, List<NamedGroup> groups, List<SignatureScheme> schemes) {
        return suites.stream().anyMatch(suite -> Servable.serves(credential, suite, groups, schemes));
    }
}
