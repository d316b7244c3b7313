package dev.lockstep.tls.peer;

import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.security.auth.x500.X500Principal;

/**
 * A verifier of client certificates by RFC 5280, with the JDK's path validation and the application's settings of its
 * parameters.
 *
 * <p>It searches for paths from the client's certificate to a trust anchor, over the certificates that the client
 * sent, in any order, and the configured intermediate ones, until one is valid. A valid path satisfies: signatures,
 * validity, basic constraints, key usage, path length and name constraints (those of the anchor's certificate too),
 * policies, and the JDK's {@code jdk.certpath.disabledAlgorithms}; no certificate of it is signed over MD5 or SHA-1;
 * the client's own certificate permits digital signatures and clientAuth if it has key usages (RFC 5280 4.2.1.3,
 * 4.2.1.12). A certificate that is an anchor itself needs no path. The dates of anchors are not checked, which RFC
 * 5280 6.1.1 leaves open.
 *
 * <p>One chain costs at most 40 signature checks and four more for each certificate of the longest path allowed,
 * whatever the client sends: 64 by default. Where several revocation lists of one name are configured, it costs at most two more
 * for each of them, to find out which were signed by keys that the configuration does not have.
 *
 * <p>The verdict is immediate, on the thread that drives the connection. A check that uses the network (OCSP, CRL
 * distribution points) blocks that thread: put the verifier behind {@code dev.lockstep.keys.ExecutorVerifier}.
 * Thread-safe.
 */
public final class PkixVerifier implements ClientCertificateVerifier {

    /** The position among the bits of a key usage, RFC 5280 4.2.1.3. */
    private static final int DIGITAL_SIGNATURE = 0;

    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_EXTENDED_KEY_USAGE = "2.5.29.37.0";

    private final Anchors anchors;
    private final PathFinder paths;
    private final Clock clock;
    private final RevocationLists revocations;
    private final boolean checksRevocation;
    private final Set<PKIXRevocationChecker.Option> revocationOptions;
    private final Consumer<PKIXParameters> parameters;
    private final Predicate<List<X509Certificate>> permitted;
    private final boolean oldHashesAllowed;

    PkixVerifier(PkixVerifierBuilder b) {
        this.anchors = new Anchors(b.anchors);
        this.paths = new PathFinder(anchors, b.intermediates, b.maxPathLength);
        Set<PublicKey> issuers = new HashSet<>();
        b.anchors.forEach(each -> issuers.add(Anchors.key(each)));
        b.intermediates.forEach(each -> issuers.add(each.getPublicKey()));
        this.revocations = new RevocationLists(b.crls, issuers);
        this.clock = b.clock;
        this.checksRevocation = b.checksRevocation;
        this.revocationOptions = Set.copyOf(b.revocationOptions);
        this.parameters = b.parameters;
        this.permitted = b.permitted;
        this.oldHashesAllowed = b.oldHashesAllowed;
    }

    /** Returns a verifier that trusts these certificates, with the default settings of {@link #builder}. */
    public static PkixVerifier trusting(Collection<X509Certificate> anchors) {
        return builder().trust(anchors).build();
    }

    /** Returns a builder of a verifier. */
    public static PkixVerifierBuilder builder() {
        return new PkixVerifierBuilder();
    }

    /**
     * Returns whether a trusted certificate can issue others: it is one of an authority (basicConstraints with cA, and
     * keyCertSign if it has key usages), or self-issued and of version 1. Any other is pinned, and matches only
     * itself.
     */
    public static boolean isAuthority(X509Certificate trusted) {
        return Anchors.issues(new TrustAnchor(trusted, null));
    }

    /**
     * Returns the names of the authorities whose certificates are accepted: those of the anchors, in the order in
     * which they were given, and for a pinned certificate that of its issuer, by which clients find it.
     */
    @Override
    public List<X500Principal> acceptedIssuers() {
        return anchors.issuerNames();
    }

    /** Returns a hash over names and keys of all anchors, pinned ones too: a renewed certificate of the same key changes nothing. */
    @Override
    public byte[] sessionContext() {
        return anchors.fingerprint();
    }

    @Override
    public Start<Verdict> start(VerificationRequest request, Waker waker) throws GeneralSecurityException {
        return Start.done(verify(request));
    }

    /**
     * Returns the verdict, on this thread.
     *
     * @throws GeneralSecurityException when the parameters do not fit together or the JDK has no PKIX validation
     */
    public Verdict verify(VerificationRequest request) throws GeneralSecurityException {
        X509Certificate leaf = request.certificate();
        Instant now = clock.instant();
        RevocationLists.Inquiry inquiry = revocations.inquiry();
        Verdict verdict = anchors.contains(leaf)
                ? pinned(leaf, now, inquiry)
                : paths.find(request.chain(), now, (path, anchor) -> validate(path, anchor, inquiry));
        if (!(verdict instanceof Verdict.Accepted accepted)) {
            return verdict;
        }
        if (!mayAuthenticateClients(leaf)) {
            return Verdict.rejected(
                    AlertDescription.UNSUPPORTED_CERTIFICATE,
                    "its key usages leave digitalSignature out, or its extended ones clientAuth");
        }
        return permitted.test(accepted.path())
                ? accepted
                : Verdict.rejected(AlertDescription.ACCESS_DENIED, "a valid certificate that is not permitted");
    }

    /** Judges one path. */
    private Verdict validate(List<X509Certificate> path, TrustAnchor anchor, RevocationLists.Inquiry inquiry)
            throws GeneralSecurityException {
        if (!oldHashesAllowed) {
            for (X509Certificate certificate : path) {
                if (SignatureHashes.isOld(certificate)) {
                    return Verdict.rejected(
                            AlertDescription.UNSUPPORTED_CERTIFICATE,
                            certificate.getSubjectX500Principal() + " is signed with " + certificate.getSigAlgName());
                }
            }
        }
        Anchors.PathFault fault = Anchors.fault(anchor, path);
        if (fault != null) {
            return fault == Anchors.PathFault.TOO_LONG
                    ? Verdict.rejected(AlertDescription.UNKNOWN_CA, "longer than its trust anchor allows")
                    : Verdict.rejected(
                            AlertDescription.BAD_CERTIFICATE, "a name outside the constraints of its trust anchor");
        }
        X509Certificate trusted = anchor.getTrustedCert();
        if (trusted != null && revocations.contains(trusted)) {
            return Verdict.rejected(AlertDescription.CERTIFICATE_REVOKED, "its trust anchor is revoked");
        }
        return jdkVerdict(path, anchor, inquiry);
    }

    private Verdict jdkVerdict(List<X509Certificate> path, TrustAnchor anchor, RevocationLists.Inquiry inquiry)
            throws GeneralSecurityException {
        CertPathValidator validator = CertPathValidator.getInstance("PKIX");
        CertPath certPath = CertificateFactory.getInstance("X.509").generateCertPath(path);
        try {
            validator.validate(certPath, parameters(validator, path, anchor, inquiry));
            return Verdict.accepted(path);
        } catch (CertPathValidatorException e) {
            return PkixFailure.verdict(e);
        }
    }

    private PKIXParameters parameters(
            CertPathValidator validator,
            List<X509Certificate> path,
            TrustAnchor anchor,
            RevocationLists.Inquiry inquiry)
            throws GeneralSecurityException {
        X509Certificate trusted = anchor.getTrustedCert();
        // The one that the path ends at, and without its constraints, which the JDK refuses to look at.
        PKIXParameters result = new PKIXParameters(Set.of(
                trusted != null
                        ? new TrustAnchor(trusted, null)
                        : new TrustAnchor(anchor.getCA(), anchor.getCAPublicKey(), null)));
        result.setDate(Date.from(clock.instant()));
        // RFC 9325 7.5-1: "TLS implementations MUST implement a strategy to distrust revoked certificates."
        result.setRevocationEnabled(checksRevocation);
        if (!revocations.isEmpty()) {
            result.addCertStore(inquiry.store(path, anchor));
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
    private Verdict pinned(X509Certificate leaf, Instant now, RevocationLists.Inquiry inquiry)
            throws GeneralSecurityException {
        List<X509Certificate> path = List.of(leaf);
        if (!Candidate.isCurrent(leaf, now)) {
            return Verdict.rejected(AlertDescription.CERTIFICATE_EXPIRED, "not valid at this time");
        }
        if (revocations.contains(leaf)) {
            return Verdict.rejected(AlertDescription.CERTIFICATE_REVOKED, "revoked by a configured CRL");
        }
        if (!checksRevocation || Anchors.isSelfIssued(leaf)) {
            return Verdict.accepted(path); // none but its own key could revoke a self-signed certificate
        }
        X509Certificate issuer = paths.configuredIssuer(leaf);
        if (issuer != null) {
            return jdkVerdict(path, new TrustAnchor(issuer, null), inquiry);
        }
        return revocations.hasCurrent(leaf.getIssuerX500Principal(), now)
                        || revocationOptions.contains(PKIXRevocationChecker.Option.SOFT_FAIL)
                ? Verdict.accepted(path)
                : Verdict.rejected(
                        AlertDescription.CERTIFICATE_UNKNOWN, "no current revocation list of its issuer is configured");
    }

    /**
     * RFC 5280 4.2.1.12: "If the extension is present, then the certificate MUST only be used for one of the purposes
     * indicated."
     */
    private static boolean mayAuthenticateClients(X509Certificate certificate) {
        boolean[] usage = certificate.getKeyUsage();
        if (usage != null && !usage[DIGITAL_SIGNATURE]) {
            return false; // RFC 5246 7.4.8: the client proves itself by a signature
        }
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            return purposes == null || purposes.contains(CLIENT_AUTH) || purposes.contains(ANY_EXTENDED_KEY_USAGE);
        } catch (CertificateParsingException e) {
            return false; // there is such an extension, and it cannot be read
        }
    }
}
