package dev.lockstep.server.pem;

import java.util.Map;

/** Blocks that stand beside certificates and keys in the files of other programs, and why they are not used. */
final class Harmless {

    private static final Map<String, String> BLOCKS = Map.of(
            "DH PARAMETERS", "Diffie-Hellman parameters; the groups are those of RFC 7919 (--groups)",
            "X9.42 DH PARAMETERS", "Diffie-Hellman parameters; the groups are those of RFC 7919 (--groups)",
            "DSA PARAMETERS", "parameters of DSA, which is not served",
            "CERTIFICATE REQUEST", "a certificate request, which an authority needs and a server does not",
            "NEW CERTIFICATE REQUEST", "a certificate request, which an authority needs and a server does not",
            "PUBLIC KEY", "a public key; the certificate has it",
            "RSA PUBLIC KEY", "a public key; the certificate has it",
            "X509 CRL", "a revocation list; clients fetch them elsewhere",
            "ATTRIBUTE CERTIFICATE", "an attribute certificate, which TLS does not send");

    private Harmless() {}

    /** What a block is, for a note. */
    static String describe(String type) {
        return BLOCKS.getOrDefault(type, "a block of the unknown kind '" + type + "'");
    }
}
