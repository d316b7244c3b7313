package dev.lockstep.tls.testkit;

import dev.lockstep.tls.spec.CipherSuite;
import java.util.Map;

/**
 * What a suite means, read from its IANA name and not from the library's columns.
 *
 * @param exchange ECDHE_ECDSA, ECDHE_RSA, DHE_RSA or RSA
 * @param kind how records are protected
 * @param keyLength of the bulk cipher, in bytes
 * @param fixedIvLength from the key block, in bytes
 * @param tagLength of an AEAD, in bytes; 0 for CBC
 * @param macHash SHA-1, SHA-256 or SHA-384 of a CBC suite's HMAC; empty for AEAD
 * @param macLength of a CBC suite's HMAC, in bytes
 * @param prfHash SHA-256 or SHA-384
 */
public record ClientSuite(
        String exchange,
        Kind kind,
        int keyLength,
        int fixedIvLength,
        int tagLength,
        String macHash,
        int macLength,
        String prfHash) {

    /** Ways of protecting a record. */
    public enum Kind {
        GCM,
        CHACHA20,
        CCM,
        CBC
    }

    private static final Map<String, Integer> MAC_LENGTHS = Map.of("SHA-1", 20, "SHA-256", 32, "SHA-384", 48);

    public static ClientSuite of(CipherSuite suite) {
        return named(suite.name());
    }

    static ClientSuite named(String name) {
        int with = name.indexOf("_WITH_");
        String exchange = name.substring("TLS_".length(), with);
        String cipher = name.substring(with + "_WITH_".length());
        String hash = cipher.endsWith("_SHA384") ? "SHA-384" : "SHA-256";
        if (cipher.startsWith("CHACHA20_POLY1305")) {
            return new ClientSuite(exchange, Kind.CHACHA20, 32, 12, 16, "", 0, hash);
        }
        int keyLength = Integer.parseInt(cipher.substring(4, 7)) / 8;
        if (cipher.contains("_GCM_")) {
            return new ClientSuite(exchange, Kind.GCM, keyLength, 4, 16, "", 0, hash);
        }
        if (cipher.contains("_CCM")) {
            return new ClientSuite(exchange, Kind.CCM, keyLength, 4, cipher.endsWith("_8") ? 8 : 16, "", 0, hash);
        }
        String mac = cipher.endsWith("_SHA") ? "SHA-1" : hash;
        return new ClientSuite(exchange, Kind.CBC, keyLength, 0, 0, mac, MAC_LENGTHS.get(mac), hash);
    }

    public boolean isEcdhe() {
        return exchange.startsWith("ECDHE");
    }

    public boolean isRsaExchange() {
        return exchange.equals("RSA");
    }

    public boolean isCbc() {
        return kind == Kind.CBC;
    }

    /** Whether a certificate of this kind serves the suite. */
    public boolean isServedBy(TestIdentity identity) {
        return switch (exchange) {
            case "ECDHE_ECDSA" -> !identity.isRsa();
            case "RSA" -> identity.algorithm().equals("RSA");
            default -> identity.isRsa();
        };
    }
}
