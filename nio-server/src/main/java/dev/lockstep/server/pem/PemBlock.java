package dev.lockstep.server.pem;

/**
 * One block of a PEM file (RFC 7468, RFC 1421).
 *
 * @param type what stands behind BEGIN
 * @param line where it begins, from 1; 0 for a file that is not PEM
 * @param isEncrypted whether its headers say so: OpenSSL's form before PKCS#8
 * @param content decoded; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
record PemBlock(String type, int line, boolean isEncrypted, byte[] content) {

    boolean isCertificate() {
        return type.equals("CERTIFICATE") || type.equals("X509 CERTIFICATE");
    }

    /** OpenSSL's form with settings of trust behind the certificate. */
    boolean isTrustedCertificate() {
        return type.equals("TRUSTED CERTIFICATE");
    }

    boolean isPkcs7() {
        return type.equals("PKCS7") || type.equals("PKCS #7 SIGNED DATA") || type.equals("CMS");
    }

    boolean isPrivateKey() {
        return type.endsWith("PRIVATE KEY");
    }

    /** "line 7", or the kind of a file that has no lines. */
    String where() {
        return line == 0 ? "in DER" : "line " + line;
    }
}
