package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Groups;
import dev.lockstep.interop.Suite.KeyExchange;
import java.util.List;
import java.util.stream.Stream;

/** The groups of the interop matrix, with what {@code s_client} calls them and what it prints of them. */
enum Group {
    X25519("X25519", "X25519, 253 bits"),
    SECP256R1("P-256", "ECDH, prime256v1, 256 bits"),
    SECP384R1("P-384", "ECDH, secp384r1, 384 bits"),
    SECP521R1("P-521", "ECDH, secp521r1, 521 bits"),
    X448("X448", "X448, 448 bits"),
    /** Not offered by s_client in TLS 1.2: the server has this one only. */
    FFDHE2048("", "DH, 2048 bits"),
    FFDHE3072("", "DH, 3072 bits"),
    /** RSA key exchange: no group at all. */
    NONE("", "");

    private final String openSslName;
    private final String shown;

    Group(String openSslName, String shown) {
        this.openSslName = openSslName;
        this.shown = shown;
    }

    /** The groups a key exchange is tried with. */
    static Stream<Group> of(KeyExchange keyExchange) {
        return switch (keyExchange) {
            case ECDHE_ECDSA, ECDHE_RSA -> Stream.of(X25519, SECP256R1, SECP384R1, SECP521R1, X448);
            case DHE_RSA -> Stream.of(FFDHE2048, FFDHE3072);
            case RSA -> Stream.of(NONE);
        };
    }

    /**
     * The options that make s_client offer this group, and the curve of the certificate if it is on one: RFC 8422 5.3,
     * "the public key in the server's certificate MUST respect the client's choice of elliptic curves".
     */
    List<String> options(KeyKind certificate) {
        if (openSslName.isEmpty()) {
            return List.of();
        }
        Group curve = curve(certificate);
        return List.of("-groups", curve == NONE || curve == this ? openSslName : openSslName + ":" + curve.openSslName);
    }

    /** A server that takes this group even if the certificate's curve is offered too. */
    Groups served(KeyKind certificate) {
        Group curve = curve(certificate);
        boolean smaller = curve != NONE && this != X25519 && this != X448 && compareTo(curve) < 0;
        return this == FFDHE3072 || smaller ? Groups.SMALL_FIRST : Groups.LARGE_FIRST;
    }

    private static Group curve(KeyKind certificate) {
        return switch (certificate) {
            case P256 -> SECP256R1;
            case P384 -> SECP384R1;
            case P521 -> SECP521R1;
            default -> NONE;
        };
    }

    String shown() {
        return shown;
    }
}
