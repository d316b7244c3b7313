package dev.lockstep.interop;

/** The cipher suites of the interop matrix, with the names OpenSSL has for them. */
enum Suite {
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256(KeyExchange.ECDHE_ECDSA, "ECDHE-ECDSA-AES128-GCM-SHA256"),
    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384(KeyExchange.ECDHE_ECDSA, "ECDHE-ECDSA-AES256-GCM-SHA384"),
    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256(KeyExchange.ECDHE_ECDSA, "ECDHE-ECDSA-CHACHA20-POLY1305"),
    TLS_ECDHE_ECDSA_WITH_AES_128_CCM(KeyExchange.ECDHE_ECDSA, "ECDHE-ECDSA-AES128-CCM"),
    TLS_ECDHE_ECDSA_WITH_AES_256_CCM(KeyExchange.ECDHE_ECDSA, "ECDHE-ECDSA-AES256-CCM"),
    TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8(KeyExchange.ECDHE_ECDSA, "ECDHE-ECDSA-AES128-CCM8"),
    TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8(KeyExchange.ECDHE_ECDSA, "ECDHE-ECDSA-AES256-CCM8"),
    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA(KeyExchange.ECDHE_ECDSA, "ECDHE-ECDSA-AES128-SHA"),
    TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA(KeyExchange.ECDHE_ECDSA, "ECDHE-ECDSA-AES256-SHA"),
    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256(KeyExchange.ECDHE_ECDSA, "ECDHE-ECDSA-AES128-SHA256"),
    TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384(KeyExchange.ECDHE_ECDSA, "ECDHE-ECDSA-AES256-SHA384"),
    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256(KeyExchange.ECDHE_RSA, "ECDHE-RSA-AES128-GCM-SHA256"),
    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384(KeyExchange.ECDHE_RSA, "ECDHE-RSA-AES256-GCM-SHA384"),
    TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256(KeyExchange.ECDHE_RSA, "ECDHE-RSA-CHACHA20-POLY1305"),
    TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA(KeyExchange.ECDHE_RSA, "ECDHE-RSA-AES128-SHA"),
    TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA(KeyExchange.ECDHE_RSA, "ECDHE-RSA-AES256-SHA"),
    TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256(KeyExchange.ECDHE_RSA, "ECDHE-RSA-AES128-SHA256"),
    TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384(KeyExchange.ECDHE_RSA, "ECDHE-RSA-AES256-SHA384"),
    TLS_DHE_RSA_WITH_AES_128_GCM_SHA256(KeyExchange.DHE_RSA, "DHE-RSA-AES128-GCM-SHA256"),
    TLS_DHE_RSA_WITH_AES_256_GCM_SHA384(KeyExchange.DHE_RSA, "DHE-RSA-AES256-GCM-SHA384"),
    TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256(KeyExchange.DHE_RSA, "DHE-RSA-CHACHA20-POLY1305"),
    TLS_DHE_RSA_WITH_AES_128_CCM(KeyExchange.DHE_RSA, "DHE-RSA-AES128-CCM"),
    TLS_DHE_RSA_WITH_AES_256_CCM(KeyExchange.DHE_RSA, "DHE-RSA-AES256-CCM"),
    TLS_DHE_RSA_WITH_AES_128_CCM_8(KeyExchange.DHE_RSA, "DHE-RSA-AES128-CCM8"),
    TLS_DHE_RSA_WITH_AES_256_CCM_8(KeyExchange.DHE_RSA, "DHE-RSA-AES256-CCM8"),
    TLS_DHE_RSA_WITH_AES_128_CBC_SHA(KeyExchange.DHE_RSA, "DHE-RSA-AES128-SHA"),
    TLS_DHE_RSA_WITH_AES_256_CBC_SHA(KeyExchange.DHE_RSA, "DHE-RSA-AES256-SHA"),
    TLS_DHE_RSA_WITH_AES_128_CBC_SHA256(KeyExchange.DHE_RSA, "DHE-RSA-AES128-SHA256"),
    TLS_DHE_RSA_WITH_AES_256_CBC_SHA256(KeyExchange.DHE_RSA, "DHE-RSA-AES256-SHA256"),
    TLS_RSA_WITH_AES_128_GCM_SHA256(KeyExchange.RSA, "AES128-GCM-SHA256"),
    TLS_RSA_WITH_AES_256_GCM_SHA384(KeyExchange.RSA, "AES256-GCM-SHA384"),
    TLS_RSA_WITH_AES_128_CCM(KeyExchange.RSA, "AES128-CCM"),
    TLS_RSA_WITH_AES_256_CCM(KeyExchange.RSA, "AES256-CCM"),
    TLS_RSA_WITH_AES_128_CCM_8(KeyExchange.RSA, "AES128-CCM8"),
    TLS_RSA_WITH_AES_256_CCM_8(KeyExchange.RSA, "AES256-CCM8"),
    TLS_RSA_WITH_AES_128_CBC_SHA(KeyExchange.RSA, "AES128-SHA"),
    TLS_RSA_WITH_AES_256_CBC_SHA(KeyExchange.RSA, "AES256-SHA"),
    TLS_RSA_WITH_AES_128_CBC_SHA256(KeyExchange.RSA, "AES128-SHA256"),
    TLS_RSA_WITH_AES_256_CBC_SHA256(KeyExchange.RSA, "AES256-SHA256");

    /** How the premaster secret is agreed and the server authenticated. */
    enum KeyExchange {
        ECDHE_ECDSA,
        ECDHE_RSA,
        DHE_RSA,
        RSA;

        boolean servedWith(KeyKind kind) {
            return switch (this) {
                // RFC 8422 5.10: EdDSA certificates serve the ECDHE_ECDSA suites.
                case ECDHE_ECDSA -> !kind.isRsa();
                case ECDHE_RSA, DHE_RSA -> kind.isRsa();
                // A key restricted to PSS may not decrypt (RFC 4055 1.2).
                case RSA -> kind.isRsa() && kind != KeyKind.RSA_PSS_2048;
            };
        }

        boolean isSigned() {
            return this != RSA;
        }
    }

    private final KeyExchange keyExchange;
    private final String openSslName;

    Suite(KeyExchange keyExchange, String openSslName) {
        this.keyExchange = keyExchange;
        this.openSslName = openSslName;
    }

    KeyExchange keyExchange() {
        return keyExchange;
    }

    String openSslName() {
        return openSslName;
    }

    boolean isCbc() {
        return name().contains("_CBC_");
    }
}
