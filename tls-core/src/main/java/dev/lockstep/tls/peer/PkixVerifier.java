package dev.lockstep.tls.peer;

import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;

/**
 * Judges a client's chain by RFC 5280, with the JDK's path validation and whatever the application sets in its parameters.
 *
 * <p>A path is sought from the client's certificate to a trust anchor over the certificates that the client sent, in
 * whatever order, and the configured intermediate ones. What it must satisfy: signatures, validity, basic constraints, key
 * usage, name constraints, policies and the JDK's {@code jdk.certpath.disabledAlgorithms}; no certificate of it signed
 * over MD5 or SHA-1; the client's own one good for clientAuth if it has extended key usages (RFC 5280 4.2.1.12). A
 * certificate that is an anchor itself, such as a self-signed one that was exchanged beforehand, needs no path.
 *
 * <p>The verdict comes at once, on the thread that drives the connection. A check that asks the network (OCSP, CRL
 * distribution points) blocks that thread: put it behind {@code dev.lockstep.keys.ExecutorVerifier}. Thread-safe.
 */
public final class PkixVerifier implements ClientCertificateVerifier {

    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_EXTENDED_KEY_USAGE = "2.5.29.37.0";

    private final Set<TrustAnchor> issuers;
    private final PathFinder paths;
    private final Clock clock;
    private final Collection<?> crls;
    private final boolean checksRevocation;
    private final Set<PKIXRevocationChecker.Option> revocationOptions;
    private final Consumer<PKIXParameters> parameters;
    private final Predicate<List<X509Certificate>> permitted;
    private final boolean oldHashesAllowed;
    private final int maxPathLength;
    private final List<X500Principal> acceptedIssuers;

    PkixVerifier(PkixVerifierBuilder b) {
        Set<TrustAnchor> anchors = Set.copyOf(b.anchors);
        this.issuers = anchors.stream().filter(PathFinder::issues).collect(Collectors.toUnmodifiableSet());
        this.paths = new PathFinder(anchors, List.copyOf(b.intermediates));
        this.clock = b.clock;
        this.crls = List.copyOf(b.crls);
        this.checksRevocation = b.checksRevocation;
        this.revocationOptions = Set.copyOf(b.revocationOptions);
        this.parameters = b.parameters;
        this.permitted = b.permitted;
        this.oldHashesAllowed = b.oldHashesAllowed;
        this.maxPathLength = b.maxPathLength;
        Set<X500Principal> names = new LinkedHashSet<>();
        b.anchors.forEach(anchor -> names.add(PathFinder.name(anchor)));
        this.acceptedIssuers = List.copyOf(names);
    }

    /** A verifier that trusts these certificates, with everything else as {@link #builder} has it. */
    public static PkixVerifier trusting(Collection<X509Certificate> anchors) {
        return builder().trust(anchors).build();
    }

    /** Starts a verifier. */
    public static PkixVerifierBuilder builder() {
        return new PkixVerifierBuilder();
    }

    /** The names of the trust anchors, in the order in which they were given. */
    @Override
    public List<X500Principal> acceptedIssuers() {
        return acceptedIssuers;
    }

    @Override
    public Start<Verdict> start(VerificationRequest request, Waker waker) throws GeneralSecurityException {
        return Start.done(verify(request));
    }

    /**
     * The verdict, on this thread.
     *
     * @throws GeneralSecurityException when the parameters do not fit together or the JDK has no PKIX validation
     */
    public Verdict verify(VerificationRequest request) throws GeneralSecurityException {
        List<X509Certificate> path = paths.find(request.chain());
        if (path == null) {
            return Verdict.rejected(AlertDescription.UNKNOWN_CA, "no path leads to a trust anchor");
        }
        if (path.size() > maxPathLength) {
            return Verdict.rejected(
                    AlertDescription.UNKNOWN_CA,
                    "no trust anchor within " + maxPathLength + " certificates of the client's");
        }
        Verdict verdict = paths.isAnchor(request.certificate()) ? pinned(request.certificate()) : validate(path);
        if (verdict instanceof Verdict.Rejected) {
            return verdict;
        }
        if (!mayAuthenticateClients(request.certificate())) {
            return Verdict.rejected(
                    AlertDescription.UNSUPPORTED_CERTIFICATE, "its extended key usages leave clientAuth out");
        }
        return permitted.test(path)
                ? verdict
                : Verdict.rejected(AlertDescription.ACCESS_DENIED, "a valid certificate that is not let in");
    }

    private Verdict validate(List<X509Certificate> path) throws GeneralSecurityException {
        if (!oldHashesAllowed) {
            for (X509Certificate certificate : path) {
                if (SignatureHashes.isOld(certificate)) {
                    return Verdict.rejected(
                            AlertDescription.UNSUPPORTED_CERTIFICATE,
                            certificate.getSubjectX500Principal() + " is signed with " + certificate.getSigAlgName());
                }
            }
        }
        CertPathValidator validator = CertPathValidator.getInstance("PKIX");
        CertPath certPath = CertificateFactory.getInstance("X.509").generateCertPath(path);
        try {
            validator.validate(certPath, parameters(validator));
            return Verdict.accepted();
        } catch (CertPathValidatorException e) {
            return PkixFailure.verdict(e);
        }
    }

    private PKIXParameters parameters(CertPathValidator validator) throws GeneralSecurityException {
        PKIXParameters result = new PKIXParameters(issuers);
        result.setDate(Date.from(clock.instant()));
        // RFC 9325 7.5-1: "TLS implementations MUST implement a strategy to distrust revoked certificates."
        result.setRevocationEnabled(checksRevocation);
        if (!crls.isEmpty()) {
            result.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(crls)));
        }
        if (!revocationOptions.isEmpty()) {
            PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
            checker.setOptions(revocationOptions);
            result.addCertPathChecker(checker);
        }
        parameters.accept(result);
        return result;
    }

    /** A certificate that is an anchor itself needs no path; it may be out of date or revoked all the same. */
    private Verdict pinned(X509Certificate anchor) {
        Instant now = clock.instant();
        if (now.isBefore(anchor.getNotBefore().toInstant())
                || now.isAfter(anchor.getNotAfter().toInstant())) {
            return Verdict.rejected(AlertDescription.CERTIFICATE_EXPIRED, "not valid at this time");
        }
        boolean revoked = crls.stream()
                .anyMatch(each -> each instanceof X509CRL crl
                        && crl.getIssuerX500Principal().equals(anchor.getIssuerX500Principal())
                        && crl.isRevoked(anchor));
        return revoked
                ? Verdict.rejected(AlertDescription.CERTIFICATE_REVOKED, "revoked by a configured CRL")
                : Verdict.accepted();
    }

    /**
     * RFC 5280 4.2.1.12: "If the extension is present, then the certificate MUST only be used for one of the purposes
     * indicated."
     */
    private static boolean mayAuthenticateClients(X509Certificate certificate) {
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            return purposes == null || purposes.contains(CLIENT_AUTH) || purposes.contains(ANY_EXTENDED_KEY_USAGE);
        } catch (CertificateParsingException e) {
            return false; // there is such an extension, and nobody can say what it allows
        }
    }
}
