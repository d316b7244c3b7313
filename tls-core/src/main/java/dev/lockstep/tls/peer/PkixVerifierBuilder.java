package dev.lockstep.tls.peer;

import dev.lockstep.tls.setting.ConfigException;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Collects the settings of a {@link PkixVerifier}. For one thread. */
public final class PkixVerifierBuilder {

    final List<TrustAnchor> anchors = new ArrayList<>();
    final List<X509Certificate> intermediates = new ArrayList<>();
    final List<X509CRL> crls = new ArrayList<>();
    Clock clock = Clock.systemUTC();
    boolean checksRevocation;
    Set<PKIXRevocationChecker.Option> revocationOptions = Set.of();
    Consumer<PKIXParameters> parameters = none -> {};
    Predicate<List<X509Certificate>> permitted = path -> true;
    boolean oldHashesAllowed;
    int maxPathLength = 6;

    PkixVerifierBuilder() {}

    /** Trusts these certificates, whatever is in them; may be called again for more. */
    public PkixVerifierBuilder trust(Collection<X509Certificate> certificates) {
        certificates.forEach(certificate -> anchors.add(new TrustAnchor(certificate, null)));
        return this;
    }

    /**
     * Trusts these anchors, which may be names with keys; may be called again for more.
     *
     * @throws ConfigException when one has name constraints of its own, which the JDK does not know how to keep
     */
    public PkixVerifierBuilder trustAnchors(Collection<TrustAnchor> more) {
        for (TrustAnchor anchor : more) {
            if (anchor.getNameConstraints() != null) {
                throw new ConfigException(
                        "trustAnchors",
                        PathFinder.name(anchor).getName() + " comes with name constraints, which the JDK does not keep",
                        "have them in a certificate below it, or check names with permit(...)");
            }
            anchors.add(anchor);
        }
        return this;
    }

    /** Certificates that paths may go through when a client leaves them out; not trusted by themselves. */
    public PkixVerifierBuilder intermediates(Collection<X509Certificate> certificates) {
        intermediates.addAll(List.copyOf(certificates));
        return this;
    }

    /** The wall clock that validity is judged by; the system's by default. */
    public PkixVerifierBuilder clock(Clock wallClock) {
        this.clock = Objects.requireNonNull(wallClock, "clock");
        return this;
    }

    /**
     * Checks every certificate of a path against these revocation lists: one that is revoked is certificate_revoked, one
     * without a current list of its issuer certificate_unknown. Nothing is fetched.
     */
    public PkixVerifierBuilder crls(Collection<? extends X509CRL> lists) {
        crls.addAll(lists);
        checksRevocation = true;
        return this;
    }

    /**
     * Checks revocation with the JDK's {@link PKIXRevocationChecker} under these options, OCSP first, then CRL
     * distribution points, both over the network and so on a thread that may block.
     *
     * @param options at least one; {@link PKIXRevocationChecker.Option#SOFT_FAIL} accepts what cannot be found out
     */
    public PkixVerifierBuilder revocation(PKIXRevocationChecker.Option... options) {
        if (options.length == 0) {
            throw new ConfigException(
                    "revocation", "no option", "name what to check, ONLY_END_ENTITY for instance, or give crls(...)");
        }
        revocationOptions = EnumSet.copyOf(List.of(options));
        checksRevocation = true;
        return this;
    }

    /**
     * Changes the JDK's parameters of each validation after everything set here: policies, further path checkers, stores,
     * dates. Called once per verification, possibly on several threads at once, with an object of its own.
     */
    public PkixVerifierBuilder parameters(Consumer<PKIXParameters> change) {
        this.parameters = Objects.requireNonNull(change, "parameters");
        return this;
    }

    /**
     * Who is let in of those whose certificate is valid; everybody by default. Refusal is access_denied.
     *
     * @param test is given the validated path: the client's certificate first, the anchor left out unless it is that
     *     certificate; called on several threads at once
     */
    public PkixVerifierBuilder permit(Predicate<List<X509Certificate>> test) {
        this.permitted = Objects.requireNonNull(test, "permit");
        return this;
    }

    /** Whether certificates signed over MD5 or SHA-1 may be part of a path, as far as the JDK lets them; false by default. */
    public PkixVerifierBuilder allowOldHashes(boolean allow) {
        this.oldHashesAllowed = allow;
        return this;
    }

    /** The longest path, counted in certificates without the anchor; 6 by default, 1 to 100. */
    public PkixVerifierBuilder maxPathLength(int certificates) {
        if (certificates < 1 || certificates > 100) {
            throw ConfigException.outOfRange("maxPathLength", certificates, "1 to 100");
        }
        this.maxPathLength = certificates;
        return this;
    }

    /**
     * Makes the verifier.
     *
     * @throws ConfigException when no anchor is trusted
     */
    public PkixVerifier build() {
        if (anchors.isEmpty()) {
            throw new ConfigException(
                    "trust",
                    "no authority is trusted, so no client could get in",
                    "add the certificate of the clients' authority");
        }
        return new PkixVerifier(this);
    }
}
