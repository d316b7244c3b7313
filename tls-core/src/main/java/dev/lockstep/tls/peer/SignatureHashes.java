package dev.lockstep.tls.peer;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidParameterSpecException;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import java.util.Set;

/** Which hash a certificate was signed over. */
final class SignatureHashes {

    private static final Set<String> OLD = Set.of("MD2", "MD4", "MD5", "SHA", "SHA1", "SHA-1");

    private SignatureHashes() {}

    /** Returns whether collisions can be made for the hash (RFC 6151, RFC 9155). */
    static boolean isOld(X509Certificate certificate) {
        String name = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        int with = name.indexOf("WITH");
        return OLD.contains(with > 0 ? name.substring(0, with) : pssHash(name, certificate.getSigAlgParams()));
    }

    private static String pssHash(String name, byte[] parameters) {
        if (!name.equals("RSASSA-PSS")) {
            return "";
        }
        try {
            AlgorithmParameters pss = AlgorithmParameters.getInstance(name);
            pss.init(parameters);
            return pss.getParameterSpec(PSSParameterSpec.class)
                    .getDigestAlgorithm()
                    .toUpperCase(Locale.ROOT);
        } catch (NoSuchAlgorithmException | InvalidParameterSpecException | IOException e) {
            return "SHA1"; // RFC 4055 3.1: what a PSS signature has without parameters that say otherwise
        }
    }
}
