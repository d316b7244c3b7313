package dev.lockstep.tls.spec;

import static dev.lockstep.tls.spec.BulkCipher.AES_128_CBC;
import static dev.lockstep.tls.spec.BulkCipher.AES_128_CCM;
import static dev.lockstep.tls.spec.BulkCipher.AES_128_CCM_8;
import static dev.lockstep.tls.spec.BulkCipher.AES_128_GCM;
import static dev.lockstep.tls.spec.BulkCipher.AES_256_CBC;
import static dev.lockstep.tls.spec.BulkCipher.AES_256_CCM;
import static dev.lockstep.tls.spec.BulkCipher.AES_256_CCM_8;
import static dev.lockstep.tls.spec.BulkCipher.AES_256_GCM;
import static dev.lockstep.tls.spec.BulkCipher.CHACHA20_POLY1305;
import static dev.lockstep.tls.spec.KeyExchange.DHE_RSA;
import static dev.lockstep.tls.spec.KeyExchange.ECDHE_ECDSA;
import static dev.lockstep.tls.spec.KeyExchange.ECDHE_RSA;
import static dev.lockstep.tls.spec.KeyExchange.RSA;
import static dev.lockstep.tls.spec.MacAlgorithm.HMAC_SHA1;
import static dev.lockstep.tls.spec.MacAlgorithm.HMAC_SHA256;
import static dev.lockstep.tls.spec.MacAlgorithm.HMAC_SHA384;
import static dev.lockstep.tls.spec.MacAlgorithm.NULL;
import static dev.lockstep.tls.spec.PrfHash.SHA256;
import static dev.lockstep.tls.spec.PrfHash.SHA384;

import org.jspecify.annotations.Nullable;

/**
 * The cipher suites Lockstep can speak: {@code CipherSuite} of RFC 5246 A.5 and the registry "TLS Cipher Suites", each
 * with the parts its name is made of. The order here is that of the registry's names, not one of preference.
 */
public enum CipherSuite {
    /** RFC 5289. */
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256(0xc02b, ECDHE_ECDSA, AES_128_GCM, NULL, SHA256),
    /** RFC 5289. */
    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384(0xc02c, ECDHE_ECDSA, AES_256_GCM, NULL, SHA384),
    /** RFC 7905. */
    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256(0xcca9, ECDHE_ECDSA, CHACHA20_POLY1305, NULL, SHA256),
    /** RFC 7251. */
    TLS_ECDHE_ECDSA_WITH_AES_128_CCM(0xc0ac, ECDHE_ECDSA, AES_128_CCM, NULL, SHA256),
    /** RFC 7251. */
    TLS_ECDHE_ECDSA_WITH_AES_256_CCM(0xc0ad, ECDHE_ECDSA, AES_256_CCM, NULL, SHA256),
    /** RFC 7251. */
    TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8(0xc0ae, ECDHE_ECDSA, AES_128_CCM_8, NULL, SHA256),
    /** RFC 7251. */
    TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8(0xc0af, ECDHE_ECDSA, AES_256_CCM_8, NULL, SHA256),
    /** RFC 8422. */
    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA(0xc009, ECDHE_ECDSA, AES_128_CBC, HMAC_SHA1, SHA256),
    /** RFC 8422. */
    TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA(0xc00a, ECDHE_ECDSA, AES_256_CBC, HMAC_SHA1, SHA256),
    /** RFC 5289. */
    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256(0xc023, ECDHE_ECDSA, AES_128_CBC, HMAC_SHA256, SHA256),
    /** RFC 5289. */
    TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384(0xc024, ECDHE_ECDSA, AES_256_CBC, HMAC_SHA384, SHA384),
    /** RFC 5289. */
    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256(0xc02f, ECDHE_RSA, AES_128_GCM, NULL, SHA256),
    /** RFC 5289. */
    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384(0xc030, ECDHE_RSA, AES_256_GCM, NULL, SHA384),
    /** RFC 7905. */
    TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256(0xcca8, ECDHE_RSA, CHACHA20_POLY1305, NULL, SHA256),
    /** RFC 8422. */
    TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA(0xc013, ECDHE_RSA, AES_128_CBC, HMAC_SHA1, SHA256),
    /** RFC 8422. */
    TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA(0xc014, ECDHE_RSA, AES_256_CBC, HMAC_SHA1, SHA256),
    /** RFC 5289. */
    TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256(0xc027, ECDHE_RSA, AES_128_CBC, HMAC_SHA256, SHA256),
    /** RFC 5289. */
    TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384(0xc028, ECDHE_RSA, AES_256_CBC, HMAC_SHA384, SHA384),
    /** RFC 5288. */
    TLS_DHE_RSA_WITH_AES_128_GCM_SHA256(0x009e, DHE_RSA, AES_128_GCM, NULL, SHA256),
    /** RFC 5288. */
    TLS_DHE_RSA_WITH_AES_256_GCM_SHA384(0x009f, DHE_RSA, AES_256_GCM, NULL, SHA384),
    /** RFC 7905. */
    TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256(0xccaa, DHE_RSA, CHACHA20_POLY1305, NULL, SHA256),
    /** RFC 6655. */
    TLS_DHE_RSA_WITH_AES_128_CCM(0xc09e, DHE_RSA, AES_128_CCM, NULL, SHA256),
    /** RFC 6655. */
    TLS_DHE_RSA_WITH_AES_256_CCM(0xc09f, DHE_RSA, AES_256_CCM, NULL, SHA256),
    /** RFC 6655. */
    TLS_DHE_RSA_WITH_AES_128_CCM_8(0xc0a2, DHE_RSA, AES_128_CCM_8, NULL, SHA256),
    /** RFC 6655. */
    TLS_DHE_RSA_WITH_AES_256_CCM_8(0xc0a3, DHE_RSA, AES_256_CCM_8, NULL, SHA256),
    /** RFC 5246. */
    TLS_DHE_RSA_WITH_AES_128_CBC_SHA(0x0033, DHE_RSA, AES_128_CBC, HMAC_SHA1, SHA256),
    /** RFC 5246. */
    TLS_DHE_RSA_WITH_AES_256_CBC_SHA(0x0039, DHE_RSA, AES_256_CBC, HMAC_SHA1, SHA256),
    /** RFC 5246. */
    TLS_DHE_RSA_WITH_AES_128_CBC_SHA256(0x0067, DHE_RSA, AES_128_CBC, HMAC_SHA256, SHA256),
    /** RFC 5246. */
    TLS_DHE_RSA_WITH_AES_256_CBC_SHA256(0x006b, DHE_RSA, AES_256_CBC, HMAC_SHA256, SHA256),
    /** RFC 5288. */
    TLS_RSA_WITH_AES_128_GCM_SHA256(0x009c, RSA, AES_128_GCM, NULL, SHA256),
    /** RFC 5288. */
    TLS_RSA_WITH_AES_256_GCM_SHA384(0x009d, RSA, AES_256_GCM, NULL, SHA384),
    /** RFC 6655. */
    TLS_RSA_WITH_AES_128_CCM(0xc09c, RSA, AES_128_CCM, NULL, SHA256),
    /** RFC 6655. */
    TLS_RSA_WITH_AES_256_CCM(0xc09d, RSA, AES_256_CCM, NULL, SHA256),
    /** RFC 6655. */
    TLS_RSA_WITH_AES_128_CCM_8(0xc0a0, RSA, AES_128_CCM_8, NULL, SHA256),
    /** RFC 6655. */
    TLS_RSA_WITH_AES_256_CCM_8(0xc0a1, RSA, AES_256_CCM_8, NULL, SHA256),
    /** RFC 5246. */
    TLS_RSA_WITH_AES_128_CBC_SHA(0x002f, RSA, AES_128_CBC, HMAC_SHA1, SHA256),
    /** RFC 5246. */
    TLS_RSA_WITH_AES_256_CBC_SHA(0x0035, RSA, AES_256_CBC, HMAC_SHA1, SHA256),
    /** RFC 5246. */
    TLS_RSA_WITH_AES_128_CBC_SHA256(0x003c, RSA, AES_128_CBC, HMAC_SHA256, SHA256),
    /** RFC 5246. */
    TLS_RSA_WITH_AES_256_CBC_SHA256(0x003d, RSA, AES_256_CBC, HMAC_SHA256, SHA256);

    private static final Codes<CipherSuite> CODES = new Codes<>(values(), CipherSuite::code);

    private final int code;
    private final KeyExchange keyExchange;
    private final BulkCipher bulkCipher;
    private final MacAlgorithm mac;
    private final PrfHash prfHash;

    CipherSuite(int code, KeyExchange keyExchange, BulkCipher bulkCipher, MacAlgorithm mac, PrfHash prfHash) {
        this.code = code;
        this.keyExchange = keyExchange;
        this.bulkCipher = bulkCipher;
        this.mac = mac;
        this.prfHash = prfHash;
    }

    /** Returns the number on the wire, two bytes. */
    public int code() {
        return code;
    }

    /** Returns how the premaster secret is agreed on and what key signs. */
    public KeyExchange keyExchange() {
        return keyExchange;
    }

    /** Returns how records are encrypted. */
    public BulkCipher bulkCipher() {
        return bulkCipher;
    }

    /** Returns the MAC of a CBC suite, {@link MacAlgorithm#NULL} for an AEAD suite. */
    public MacAlgorithm mac() {
        return mac;
    }

    /** Returns the hash of the pseudo-random function and of the transcript. */
    public PrfHash prfHash() {
        return prfHash;
    }

    /** Tells whether the cipher authenticates by itself. */
    public boolean isAead() {
        return bulkCipher.isAead();
    }

    /** Returns the suite with this number, or null if it is unknown here. */
    public static @Nullable CipherSuite of(int code) {
        return CODES.of(code);
    }
}
