package dev.lockstep.interop;

import dev.lockstep.testkit.certificate.TestAuthority;
import java.security.KeyPair;
import java.util.List;
import java.util.Locale;

/** The kinds of certificate the interop matrix serves, each under a host name of its own. */
public enum KeyKind {
    RSA_2048("RSA", "2048"),
    RSA_4096("RSA", "4096"),
    /** A key restricted to PSS by its own object identifier (RFC 4055): rsa_pss_pss_* schemes. */
    RSA_PSS_2048("RSASSA-PSS", "2048"),
    P256("EC", "secp256r1"),
    P384("EC", "secp384r1"),
    P521("EC", "secp521r1"),
    ED25519("Ed25519", ""),
    ED448("Ed448", "");

    private final String algorithm;
    private final String parameter;

    KeyKind(String algorithm, String parameter) {
        this.algorithm = algorithm;
        this.parameter = parameter;
    }

    /** A new key of this kind. */
    public KeyPair newKey() {
        return TestAuthority.keyPair(algorithm, parameter);
    }

    String algorithm() {
        return algorithm;
    }

    /** The name in the certificate, and the server_name that selects it. */
    String host() {
        return fileName() + ".lockstep.test";
    }

    /** Whether the server also shows it to a client that asks for none of the hosts: one of each kind of key. */
    boolean isDefault() {
        return this == RSA_2048 || this == P256;
    }

    /** The names in the certificate. */
    List<String> names() {
        return isDefault() ? List.of(host(), "localhost") : List.of(host());
    }

    String fileName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether suites of the kinds ECDHE_RSA, DHE_RSA and, but for PSS keys, RSA are served with it. */
    boolean isRsa() {
        return algorithm.startsWith("RSA");
    }
}
