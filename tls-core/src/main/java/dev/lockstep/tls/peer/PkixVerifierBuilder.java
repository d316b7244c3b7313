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

/** A builder of a {@link PkixVerifier}. For one thread. */
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

    /**
     * Trusts these certificates; may be called again for more. A certificate of an authority (basicConstraints with
     * cA, and keyCertSign if it has key usages; or self-issued and of version 1) can issue client certificates. Any
     * other is pinned: it is accepted from the client that has its key, and certificates signed with that key are not.
     */
    public PkixVerifierBuilder trust(Collection<X509Certificate> certificates) {
        certificates.forEach(certificate -> anchors.add(new TrustAnchor(certificate, null)));
        return this;
    }

    /**
     * Trusts these anchors, which may be names with keys; may be called again for more. The name constraints of an anchor
     * apply to the certificates below it, those of its certificate too.
     */
    public PkixVerifierBuilder trustAnchors(Collection<TrustAnchor> more) {
        anchors.addAll(List.copyOf(more));
        return this;
    }

    /** Adds certificates for paths if a client does not send them; they are not trusted by themselves. */
    public PkixVerifierBuilder intermediates(Collection<X509Certificate> certificates) {
        intermediates.addAll(List.copyOf(certificates));
        return this;
    }

    /** Sets the wall clock for validity; the system's by default. */
    public PkixVerifierBuilder clock(Clock wallClock) {
        this.clock = Objects.requireNonNull(wallClock, "clock");
        return this;
    }

    /**
     * Checks every certificate of a path against these revocation lists. A revoked one is refused with
     * certificate_revoked, one without a current list of its issuer with certificate_unknown. A pinned certificate
     * needs a list too unless it is self-issued. An anchor needs none, but must not be in one. Nothing is fetched.
     *
     * <p>The signature of a list is verified if the certificate of its issuer is on the path, an anchor or among the
     * {@link #intermediates}; otherwise the list of a pinned certificate is used unverified.
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
     * @throws ConfigException without an option
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
     * dates. Called once for each path that is tried, possibly on several threads at the same time, with an object of
     * its own.
     */
    public PkixVerifierBuilder parameters(Consumer<PKIXParameters> change) {
        this.parameters = Objects.requireNonNull(change, "parameters");
        return this;
    }

    /**
     * Sets a further condition on clients whose certificate is valid; there is none by default. A client that does not
     * meet it is refused with access_denied.
     *
     * @param test receives the validated path: the client's certificate first, the anchor left out unless it is that
     *     certificate; called on several threads at the same time
     */
    public PkixVerifierBuilder permit(Predicate<List<X509Certificate>> test) {
        this.permitted = Objects.requireNonNull(test, "permit");
        return this;
    }

    /**
     * Sets whether certificates signed over MD5 or SHA-1 may be part of a path, as far as the JDK lets them; false by
     * default.
     */
    public PkixVerifierBuilder allowOldHashes(boolean allow) {
        this.oldHashesAllowed = allow;
        return this;
    }

    /**
     * Sets the longest path, counted in certificates without the anchor; 6 by default.
     *
     * @param certificates 1 to 100
     * @throws ConfigException when out of that range
     */
    public PkixVerifierBuilder maxPathLength(int certificates) {
        if (certificates < 1 || certificates > 100) {
            throw ConfigException.outOfRange("maxPathLength", certificates, "1 to 100");
        }
        this.maxPathLength = certificates;
        return this;
    }

    /**
     * Returns the verifier.
     *
     * @throws ConfigException when no anchor is trusted, or one has name constraints that cannot be read
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
