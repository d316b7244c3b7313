package dev.lockstep.testkit.certificate;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.cert.ocsp.jcajce.JcaBasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.jcajce.JcaCertificateID;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** A responder for the certificates of {@link TestIdentity}, which says whatever a test wants. */
public final class TestOcsp {

    /** When the responses of {@link #good} begin and cease to be current. */
    public static final Instant FROM = Instant.parse("2021-01-01T00:00:00Z");

    /** See {@link #FROM}. */
    public static final Instant UNTIL = Instant.parse("2049-01-01T00:00:00Z");

    private static final AlgorithmIdentifier SHA256 = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256);

    private X509Certificate issuer = TestIdentity.CA.certificate();
    private final X509Certificate subject;
    private CertificateStatus status = CertificateStatus.GOOD;
    private Instant from = FROM;
    private Instant until = UNTIL;
    private boolean sha256;
    private boolean otherKey;

    private TestOcsp(X509Certificate subject) {
        this.subject = subject;
    }

    /** Returns a responder for an identity's certificate, whose status is good. */
    public static TestOcsp about(TestIdentity identity) {
        return new TestOcsp(identity.certificate());
    }

    /** What every client is content with. */
    public static byte[] good(TestIdentity identity) {
        return about(identity).encoded();
    }

    /** Calls a certificate of another authority by this serial number. */
    public TestOcsp issuedBy(X509Certificate other) {
        issuer = other;
        return this;
    }

    /** Sets the status to revoked. */
    public TestOcsp revoked() {
        status = new RevokedStatus(Date.from(FROM), CRLReason.keyCompromise);
        return this;
    }

    /** Sets the status to unknown. */
    public TestOcsp unknown() {
        status = new UnknownStatus();
        return this;
    }

    /** Sets when the response begins and ceases to be current. */
    public TestOcsp current(Instant thisUpdate, Instant nextUpdate) {
        from = thisUpdate;
        until = nextUpdate;
        return this;
    }

    /** Identifies the certificate by SHA-256 and not by SHA-1. */
    public TestOcsp bySha256() {
        sha256 = true;
        return this;
    }

    /** Names the issuer rightly and its key wrongly. */
    public TestOcsp byAnotherKey() {
        otherKey = true;
        return this;
    }

    /** Returns the response in DER. */
    public byte[] encoded() {
        try {
            DigestCalculatorProvider digests = new JcaDigestCalculatorProviderBuilder().build();
            CertificateID id = new JcaCertificateID(
                    digests.get(sha256 ? SHA256 : CertificateID.HASH_SHA1), issuer, subject.getSerialNumber());
            if (otherKey) {
                CertID right = id.toASN1Primitive();
                id = new CertificateID(new CertID(
                        right.getHashAlgorithm(),
                        right.getIssuerNameHash(),
                        new DEROctetString(new byte[20]),
                        right.getSerialNumber()));
            }
            BasicOCSPRespBuilder builder =
                    new JcaBasicOCSPRespBuilder(TestIdentity.CA.publicKey(), digests.get(CertificateID.HASH_SHA1));
            builder.addResponse(id, status, Date.from(from), until == null ? null : Date.from(until), null);
            BasicOCSPResp basic = builder.build(
                    new JcaContentSignerBuilder("SHA256withECDSA").build(TestIdentity.CA.privateKey()),
                    null,
                    Date.from(from));
            return new OCSPRespBuilder()
                    .build(OCSPRespBuilder.SUCCESSFUL, basic)
                    .getEncoded();
        } catch (IOException | OCSPException | OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a responder says that is asked too often. */
    public static byte[] tryLater() {
        try {
            return new OCSPRespBuilder()
                    .build(OCSPResponseStatus.TRY_LATER, null)
                    .getEncoded();
        } catch (IOException | OCSPException e) {
            throw new IllegalStateException(e);
        }
    }
}
