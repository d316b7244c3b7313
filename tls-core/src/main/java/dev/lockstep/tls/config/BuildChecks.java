package dev.lockstep.tls.config;

import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.StapledResponse;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.setting.ConfigWarning;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** What settings must fulfil together, so that a configuration that cannot work never starts. */
final class BuildChecks {

    private static final String IDLE_FIX =
            "have the certificate issued with key usage digitalSignature, or give another key";

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
        EnabledSuites enabled =
                EnabledSuites.of(settings).withWarnings(checks.unusableResponses(settings.wallClock.instant()));
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
     * A response that no client could use now is likely to be a mistake, and no reason to serve no client: RFC 6066 8 leaves
     * stapling to the server. A source that fails may recover, and is not mentioned.
     */
    private List<ConfigWarning> unusableResponses(Instant now) {
        List<ConfigWarning> warnings = new ArrayList<>();
        for (Credential credential : credentials) {
            StapledResponse response = credential.stapledResponse(now);
            if (response.defect() != null && response.failure() == null) {
                warnings.add(new ConfigWarning(
                        "ocspResponse",
                        "that of " + credential + " is not stapled: " + response.defect(),
                        "give a current response for this certificate"));
            }
        }
        return warnings;
    }

    private void requireUseOf(Credential credential, List<CipherSuite> suites) {
        if (servesAny(credential, suites, settings.enabledGroups(), settings.enabledSchemes())) {
            return;
        }
        if (credential.signatureSchemes().isEmpty() && !credential.canDecrypt()) {
            throw new ConfigException("credential", credential + " cannot be used: " + idleness(credential), IDLE_FIX);
        }
        List<String> schemes = new TreeSet<>(credential.signatureSchemes())
                .stream().map(SignatureScheme::ianaName).toList();
        String able = schemes.isEmpty() ? "only decrypts" : "signs with " + String.join(", ", schemes);
        throw new ConfigException(
                faultOf(credential),
                credential + " can serve none of the enabled suites (its key " + able
                        + (credential.canDecrypt() && !schemes.isEmpty() ? " and decrypts" : "") + ")",
                "enable a suite, group and scheme that fit it, or give another key");
    }

    /** Why a credential can do nothing at all: its certificate does not let it, or its key is not able to. */
    private static String idleness(Credential credential) {
        boolean[] usages = credential.certificate().getKeyUsage();
        if (usages == null || usages[0]) {
            return "its key neither signs with a scheme that fits the certificate nor decrypts";
        }
        return "the certificate's key usage has no digitalSignature, so that its key signs nothing"
                + (usages[2] ? ", and the key does not decrypt" : "");
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
