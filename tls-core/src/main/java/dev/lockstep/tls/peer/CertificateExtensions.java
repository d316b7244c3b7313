package dev.lockstep.tls.peer;

import java.security.cert.X509Certificate;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The extensions of a certificate for which the JDK has no getter, as bytes. */
final class CertificateExtensions {

    private static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
    private static final String NAME_CONSTRAINTS = "2.5.29.30";
    private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
    private static final int OCTET_STRING = 0x04;
    private static final int SEQUENCE = 0x30;

    /** {@code keyIdentifier [0] IMPLICIT OCTET STRING} of RFC 5280 4.2.1.1, which is the first field if it is there. */
    private static final int KEY_IDENTIFIER = 0x80;

    private CertificateExtensions() {}

    /** Returns the identifier of the certificate's own key (RFC 5280 4.2.1.2); null if it has none that can be read. */
    static byte @Nullable [] subjectKeyIdentifier(X509Certificate certificate) {
        return content(OCTET_STRING, value(certificate, SUBJECT_KEY_IDENTIFIER));
    }

    /** Returns the identifier of the key that signed the certificate (RFC 5280 4.2.1.1); null if it names none. */
    static byte @Nullable [] authorityKeyIdentifier(X509Certificate certificate) {
        return content(KEY_IDENTIFIER, content(SEQUENCE, value(certificate, AUTHORITY_KEY_IDENTIFIER)));
    }

    /** Returns {@code NameConstraints} of RFC 5280 4.2.1.10 in DER; null if there is no such extension. */
    static byte @Nullable [] nameConstraints(X509Certificate certificate) {
        return value(certificate, NAME_CONSTRAINTS);
    }

    private static byte @Nullable [] value(X509Certificate certificate, String oid) {
        return content(OCTET_STRING, certificate.getExtensionValue(oid));
    }

    /** The content of the element that {@code der} begins with; null if it has another tag or is not whole. */
    private static byte @Nullable [] content(int tag, byte @Nullable [] der) {
        if (der == null || der.length < 2 || (der[0] & 0xff) != tag) {
            return null;
        }
        int length = der[1] & 0xff;
        int start = 2;
        if (length > 0x80 && length <= 0x83) {
            int octets = length - 0x80;
            length = 0;
            for (int i = 0; i < octets && start < der.length; i++) {
                length = length << 8 | (der[start++] & 0xff);
            }
        } else if (length >= 0x80) {
            return null;
        }
        return length > der.length - start ? null : Arrays.copyOfRange(der, start, start + length);
    }
}
