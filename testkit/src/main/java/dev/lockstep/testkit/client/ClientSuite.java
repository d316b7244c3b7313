package dev.lockstep.testkit.client;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.spec.CipherSuite;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What a suite means, read from its IANA name and not from the library's columns.
 *
 * @param exchange ECDHE_ECDSA, ECDHE_RSA, DHE_RSA, RSA, or one of these without its signature and with PSK
 * @param cipher AES, CAMELLIA, ARIA or CHACHA20
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
        String cipher,
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

    /** Every suite whose server shows a certificate and that needs no pre-shared key. */
    public static Stream<CipherSuite> ordinary() {
        return Stream.of(CipherSuite.values()).filter(suite -> !of(suite).isPsk());
    }

    /** The same, with each key exchange and each cipher, but without every pair of the rarer ciphers with one. */
    public static Stream<CipherSuite> representative() {
        return ordinary()
                .filter(suite -> !suite.name().matches(".*(CAMELLIA|ARIA).*")
                        || suite.name().startsWith("TLS_RSA_"));
    }

    /** Returns what the name of a suite says. */
    public static ClientSuite of(CipherSuite suite) {
        return named(suite.name());
    }

    static ClientSuite named(String name) {
        int with = name.indexOf("_WITH_");
        String exchange = name.substring("TLS_".length(), with).replace("PSK_DHE", "DHE_PSK");
        String cipher = name.substring(with + "_WITH_".length());
        String hash = cipher.endsWith("_SHA384") ? "SHA-384" : "SHA-256";
        if (cipher.startsWith("CHACHA20_POLY1305")) {
            return new ClientSuite(exchange, "CHACHA20", Kind.CHACHA20, 32, 12, 16, "", 0, hash);
        }
        String[] parts = cipher.split("_", -1);
        String family = parts[0];
        int keyLength = Integer.parseInt(parts[1]) / 8;
        if (cipher.contains("_GCM_")) {
            return new ClientSuite(exchange, family, Kind.GCM, keyLength, 4, 16, "", 0, hash);
        }
        if (cipher.contains("_CCM")) {
            int tagLength = cipher.contains("_CCM_8") ? 8 : 16;
            return new ClientSuite(exchange, family, Kind.CCM, keyLength, 4, tagLength, "", 0, hash);
        }
        String mac = cipher.endsWith("_SHA") ? "SHA-1" : hash;
        return new ClientSuite(
                exchange, family, Kind.CBC, keyLength, 0, 0, mac, Objects.requireNonNull(MAC_LENGTHS.get(mac)), hash);
    }

    /** Returns whether the server sends a share on a curve. */
    public boolean isEcdhe() {
        return exchange.startsWith("ECDHE");
    }

    /** Returns whether the client encrypts to the certificate: RSA or RSA_PSK. */
    public boolean isRsaExchange() {
        return exchange.startsWith("RSA");
    }

    /** Whether the server sends a fresh share. */
    public boolean isEphemeral() {
        return exchange.contains("DHE");
    }

    /** Whether the server sends certificates. */
    public boolean hasCertificate() {
        return !isPsk() || isRsaExchange();
    }

    /** Returns whether the suite needs a pre-shared key. */
    public boolean isPsk() {
        return exchange.endsWith("PSK");
    }

    /** Returns whether records are protected by CBC and a MAC. */
    public boolean isCbc() {
        return kind == Kind.CBC;
    }

    /** Whether a certificate of this kind serves the suite. */
    public boolean isServedBy(TestIdentity identity) {
        return switch (exchange) {
            case "ECDHE_ECDSA" -> !identity.isRsa();
            case "RSA", "RSA_PSK" -> identity.algorithm().equals("RSA");
            case "PSK", "DHE_PSK", "ECDHE_PSK" -> true;
            default -> identity.isRsa();
        };
    }
}
