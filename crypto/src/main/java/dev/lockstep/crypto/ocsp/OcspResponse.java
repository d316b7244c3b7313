package dev.lockstep.crypto.ocsp;

import dev.lockstep.crypto.hash.HashAlgorithm;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.time.Instant;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.ResponseBytes;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/**
 * What a responder said about one certificate (RFC 6960 section 4.2.1), read so that a server does not staple a response
 * that no client can use. The responder's signature is for clients to verify and is not looked at. bcprov reads the
 * structure, since the JDK keeps its own reader to itself.
 *
 * @param thisUpdate when this was known to be so
 * @param nextUpdate when newer information is due, or null where the responder always has it
 */
public record OcspResponse(Instant thisUpdate, @Nullable Instant nextUpdate) {

    private static final ASN1ObjectIdentifier SHA1 = new ASN1ObjectIdentifier("1.3.14.3.2.26");

    /**
     * Reads a response and finds in it what it says about a certificate.
     *
     * @param der the encoding of an OCSPResponse
     * @param certificate whose status is wanted
     * @param issuer the certificate of its issuer; null if unknown, then the issuer is compared by its name alone
     * @throws IllegalArgumentException naming the field, when the response is none, not successful, about another
     *     certificate, or does not call this one good
     */
    public static OcspResponse parse(byte[] der, X509Certificate certificate, @Nullable X509Certificate issuer) {
        try {
            return parse(OCSPResponse.getInstance(ASN1Primitive.fromByteArray(der)), certificate, issuer);
        } catch (Malformed defect) {
            throw new IllegalArgumentException(defect.getMessage());
        } catch (IOException | ParseException | RuntimeException e) {
            // A boundary: bcprov's decoders fail in many ways.
            throw new IllegalArgumentException("OCSPResponse: not the encoding of one", e);
        }
    }

    /** Returns whether the response can be relied on at a moment: not before thisUpdate, and before nextUpdate. */
    public boolean isCurrent(Instant now) {
        return !now.isBefore(thisUpdate) && (nextUpdate == null || now.isBefore(nextUpdate));
    }

    private static OcspResponse parse(
            @Nullable OCSPResponse response, X509Certificate certificate, @Nullable X509Certificate issuer)
            throws ParseException {
        if (response == null) {
            throw new Malformed("OCSPResponse: not the encoding of one");
        }
        int status = response.getResponseStatus().getIntValue();
        if (status != OCSPResponseStatus.SUCCESSFUL) {
            throw new Malformed("responseStatus: " + status + " is not successful(0)");
        }
        ResponseBytes bytes = response.getResponseBytes();
        if (bytes == null) {
            throw new Malformed("responseBytes: missing");
        }
        if (!OCSPObjectIdentifiers.id_pkix_ocsp_basic.equals(bytes.getResponseType())) {
            throw new Malformed("responseType: " + bytes.getResponseType() + " is not id-pkix-ocsp-basic");
        }
        BasicOCSPResponse basic =
                BasicOCSPResponse.getInstance(bytes.getResponse().getOctets());
        String mismatch = "responses: empty";
        for (ASN1Encodable element : basic.getTbsResponseData().getResponses()) {
            SingleResponse single = SingleResponse.getInstance(element);
            String difference = difference(single.getCertID(), certificate, issuer);
            if (difference == null) {
                return of(single);
            }
            mismatch = difference;
        }
        throw new Malformed(mismatch);
    }

    private static OcspResponse of(SingleResponse single) throws ParseException {
        int status = single.getCertStatus().getTagNo();
        if (status != 0) {
            throw new Malformed("certStatus: " + (status == 1 ? "revoked" : "unknown") + " and not good");
        }
        ASN1GeneralizedTime next = single.getNextUpdate();
        return new OcspResponse(
                single.getThisUpdate().getDate().toInstant(),
                next == null ? null : next.getDate().toInstant());
    }

    private static @Nullable String difference(
            CertID id, X509Certificate certificate, @Nullable X509Certificate issuer) {
        BigInteger serial = certificate.getSerialNumber();
        if (!id.getSerialNumber().getValue().equals(serial)) {
            return "certID.serialNumber: " + id.getSerialNumber().getValue() + " where the certificate has " + serial;
        }
        HashAlgorithm hash = hash(id.getHashAlgorithm().getAlgorithm());
        byte[] name = certificate.getIssuerX500Principal().getEncoded();
        if (!matches(id.getIssuerNameHash(), hash, name)) {
            return "certID.issuerNameHash: not of the certificate's issuer";
        }
        if (issuer != null) {
            byte[] key = SubjectPublicKeyInfo.getInstance(issuer.getPublicKey().getEncoded())
                    .getPublicKeyData()
                    .getBytes();
            if (!matches(id.getIssuerKeyHash(), hash, key)) {
                return "certID.issuerKeyHash: not of the issuer's key";
            }
        }
        return null;
    }

    private static boolean matches(ASN1OctetString expected, HashAlgorithm hash, byte[] value) {
        return Arrays.equals(expected.getOctets(), hash.digest(value));
    }

    private static HashAlgorithm hash(ASN1ObjectIdentifier oid) {
        if (SHA1.equals(oid)) {
            return HashAlgorithm.SHA1;
        }
        if (NISTObjectIdentifiers.id_sha256.equals(oid)) {
            return HashAlgorithm.SHA256;
        }
        if (NISTObjectIdentifiers.id_sha384.equals(oid)) {
            return HashAlgorithm.SHA384;
        }
        if (NISTObjectIdentifiers.id_sha512.equals(oid)) {
            return HashAlgorithm.SHA512;
        }
        throw new Malformed("certID.hashAlgorithm: " + oid + " is unknown here");
    }

    /** A defect that has a name, unlike those that bcprov's decoders find. */
    private static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }
}
