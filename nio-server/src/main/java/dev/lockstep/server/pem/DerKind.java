package dev.lockstep.server.pem;

import java.io.IOException;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.ASN1UTCTime;

/** What a file in DER or BER is, told by the shape of its first element. */
enum DerKind {
    CERTIFICATE("a certificate"),
    CRL("a revocation list"),
    REQUEST("a certificate request"),
    PKCS7("certificates in PKCS#7"),
    PKCS12("a key store in PKCS#12"),
    PKCS8("a private key in PKCS#8"),
    ENCRYPTED_PKCS8("an encrypted private key in PKCS#8"),
    RSA_KEY("a private key in PKCS#1"),
    EC_KEY("a private key in SEC1"),
    PUBLIC_KEY("a public key"),
    OCSP_RESPONSE("an OCSP response"),
    OTHER("data in DER that is neither a certificate nor a key");

    private static final int SEQUENCE = 0x30;

    private final String description;

    DerKind(String description) {
        this.description = description;
    }

    /** In a few words, with an article. */
    String description() {
        return description;
    }

    /** Whether bytes may be DER or BER at all. */
    static boolean isSequence(byte[] content) {
        // A length, or the indefinite one: text that begins with a zero digit has a character there.
        return content.length > 4 && content[0] == SEQUENCE && (content[1] < 0 || content[1] == content.length - 2);
    }

    /** The index behind the element that begins at another; the end of the content if its length is not told or wrong. */
    static int end(byte[] content, int from) {
        int first = from + 1 < content.length ? content[from + 1] & 0xFF : 0x80;
        if (first < 0x80) {
            return Math.min(content.length, from + 2 + first);
        }
        long length = 0;
        int at = from + 2;
        for (int left = first & 0x7F; left > 0 && at < content.length && length < content.length; left--) {
            length = length << 8 | (content[at++] & 0xFF);
        }
        return first == 0x80 ? content.length : (int) Math.min(content.length, at + length);
    }

    static DerKind of(byte[] content) {
        try (ASN1InputStream in = new ASN1InputStream(content)) {
            return in.readObject() instanceof ASN1Sequence outer ? of(outer) : OTHER;
        } catch (IOException | RuntimeException e) { // a boundary: bcprov's decoders fail in many ways
            return OTHER;
        }
    }

    private static DerKind of(ASN1Sequence outer) {
        ASN1Encodable first = at(outer, 0);
        ASN1Encodable second = at(outer, 1);
        ASN1Encodable third = at(outer, 2);
        if (first instanceof ASN1ObjectIdentifier) {
            return PKCS7;
        }
        if (first instanceof ASN1Enumerated) {
            return OCSP_RESPONSE;
        }
        if (first instanceof ASN1Integer) {
            if (second instanceof ASN1Sequence) {
                return third instanceof ASN1OctetString ? PKCS8 : PKCS12;
            }
            if (second instanceof ASN1OctetString) {
                return EC_KEY;
            }
            return outer.size() >= 9 ? RSA_KEY : OTHER;
        }
        if (first instanceof ASN1Sequence content) {
            if (second instanceof ASN1OctetString) {
                return ENCRYPTED_PKCS8;
            }
            if (second instanceof ASN1BitString) {
                return PUBLIC_KEY;
            }
            return third instanceof ASN1BitString ? signed(content) : OTHER;
        }
        return OTHER;
    }

    /** Certificates, revocation lists and requests are signed in the same way and differ inside. */
    private static DerKind signed(ASN1Sequence content) {
        for (ASN1Encodable part : content) {
            if (part instanceof ASN1UTCTime || part instanceof ASN1GeneralizedTime) {
                return CRL;
            }
        }
        return at(content, 0) instanceof ASN1TaggedObject || content.size() >= 6 ? CERTIFICATE : REQUEST;
    }

    private static ASN1Encodable at(ASN1Sequence sequence, int index) {
        return index < sequence.size() ? sequence.getObjectAt(index) : sequence;
    }
}
