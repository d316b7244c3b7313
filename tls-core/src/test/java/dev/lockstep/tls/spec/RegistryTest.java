package dev.lockstep.tls.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The enums against the registries of IANA, written down here a second time as "number name". */
class RegistryTest {

    @Test
    void contentTypes() {
        // RFC 5246 6-1
        check(
                """
                20 change_cipher_spec
                21 alert
                22 handshake
                23 application_data
                """,
                ContentType.values(),
                ContentType::code,
                type -> type.name().toLowerCase(Locale.ROOT),
                ContentType::of);
    }

    @Test
    void handshakeTypes() {
        check(
                """
                0 hello_request
                1 client_hello
                2 server_hello
                4 new_session_ticket
                11 certificate
                12 server_key_exchange
                13 certificate_request
                14 server_hello_done
                15 certificate_verify
                16 client_key_exchange
                20 finished
                22 certificate_status
                """,
                HandshakeType.values(),
                HandshakeType::code,
                type -> type.name().toLowerCase(Locale.ROOT),
                HandshakeType::of);
    }

    @Test
    void clientCertificateTypes() {
        check(
                """
                1 rsa_sign
                64 ecdsa_sign
                """,
                ClientCertificateType.values(),
                ClientCertificateType::code,
                ClientCertificateType::ianaName,
                ClientCertificateType::of);
    }

    @Test
    void alertLevels() {
        check(
                """
                1 warning
                2 fatal
                """,
                AlertLevel.values(),
                AlertLevel::code,
                level -> level.name().toLowerCase(Locale.ROOT),
                AlertLevel::of);
    }

    @Test
    void alerts() {
        check("""
                0 close_notify
                10 unexpected_message
                20 bad_record_mac
                21 decryption_failed
                22 record_overflow
                30 decompression_failure
                40 handshake_failure
                41 no_certificate
                42 bad_certificate
                43 unsupported_certificate
                44 certificate_revoked
                45 certificate_expired
                46 certificate_unknown
                47 illegal_parameter
                48 unknown_ca
                49 access_denied
                50 decode_error
                51 decrypt_error
                60 export_restriction
                70 protocol_version
                71 insufficient_security
                80 internal_error
                86 inappropriate_fallback
                90 user_canceled
                100 no_renegotiation
                109 missing_extension
                110 unsupported_extension
                111 certificate_unobtainable
                112 unrecognized_name
                113 bad_certificate_status_response
                114 bad_certificate_hash_value
                115 unknown_psk_identity
                116 certificate_required
                120 no_application_protocol
                """, AlertDescription.values(), AlertDescription::code, AlertDescription::ianaName, AlertDescription::of);
    }

    @Test
    void extensions() {
        // RFC 9325 4.6-1
        check("""
                0 server_name
                1 max_fragment_length
                5 status_request
                10 supported_groups
                11 ec_point_formats
                13 signature_algorithms
                16 application_layer_protocol_negotiation
                18 signed_certificate_timestamp
                21 padding
                22 encrypt_then_mac
                23 extended_master_secret
                28 record_size_limit
                35 session_ticket
                50 signature_algorithms_cert
                65281 renegotiation_info
                """, ExtensionType.values(), ExtensionType::code, ExtensionType::ianaName, ExtensionType::of);
    }

    @Test
    void certificateStatusTypes() {
        check(
                """
                1 ocsp
                """,
                CertificateStatusType.values(),
                CertificateStatusType::code,
                type -> type.name().toLowerCase(Locale.ROOT),
                CertificateStatusType::of);
    }

    @Test
    void maxFragmentLengths() {
        check(
                """
                1 512
                2 1024
                3 2048
                4 4096
                """,
                MaxFragmentLengthCode.values(),
                MaxFragmentLengthCode::code,
                code -> Integer.toString(code.length()),
                MaxFragmentLengthCode::of);
    }

    @Test
    void groups() {
        // RFC 9325 4.5-1, 4.5-2, RFC 8422 5.4-1
        check("""
                23 secp256r1
                24 secp384r1
                25 secp521r1
                29 x25519
                30 x448
                256 ffdhe2048
                257 ffdhe3072
                258 ffdhe4096
                259 ffdhe6144
                260 ffdhe8192
                """, NamedGroup.values(), NamedGroup::code, NamedGroup::ianaName, NamedGroup::of);
    }

    @Test
    void theCodePoints256To511AreSetAsideForFiniteFields() {
        for (int code = 0; code <= 0xffff; code++) {
            assertThat(NamedGroup.isFiniteField(code)).isEqualTo(code >= 256 && code <= 511);
        }
        for (NamedGroup group : NamedGroup.values()) {
            assertThat(group.isFiniteField()).isEqualTo(group.name().startsWith("FFDHE"));
        }
    }

    @Test
    void signatureSchemes() {
        // RFC 8422 5.10-7
        check("""
                0x0201 rsa_pkcs1_sha1
                0x0203 ecdsa_sha1
                0x0301 rsa_pkcs1_sha224
                0x0303 ecdsa_sha224
                0x0401 rsa_pkcs1_sha256
                0x0403 ecdsa_secp256r1_sha256
                0x0501 rsa_pkcs1_sha384
                0x0503 ecdsa_secp384r1_sha384
                0x0601 rsa_pkcs1_sha512
                0x0603 ecdsa_secp521r1_sha512
                0x0804 rsa_pss_rsae_sha256
                0x0805 rsa_pss_rsae_sha384
                0x0806 rsa_pss_rsae_sha512
                0x0807 ed25519
                0x0808 ed448
                0x0809 rsa_pss_pss_sha256
                0x080a rsa_pss_pss_sha384
                0x080b rsa_pss_pss_sha512
                """, SignatureScheme.values(), SignatureScheme::code, SignatureScheme::ianaName, SignatureScheme::of);
    }

    /** The columns against the name, the hash codes of RFC 5246 7.4.1.4.1 and the lengths of RFC 8017 9.1.1 and 9.2. */
    @Test
    void aSignatureSchemeIsWhatItsNameSays() {
        Map<SignatureHash, Integer> digestInfoHeaders = Map.of(
                SignatureHash.SHA1, 15,
                SignatureHash.SHA224, 19,
                SignatureHash.SHA256, 19,
                SignatureHash.SHA384, 19,
                SignatureHash.SHA512, 19);
        for (SignatureScheme scheme : SignatureScheme.values()) {
            String name = scheme.name();
            SignatureFamily family = scheme.family();
            SignatureHash hash = scheme.hash();
            assertThat(name).startsWith(family.name());
            if (hash == SignatureHash.INTRINSIC) {
                assertThat(name).isEqualTo(family.name());
            } else {
                assertThat(name).endsWith("_" + hash);
                assertThat(hash.digestName().replace("-", "")).isEqualTo(hash.name());
            }
            if (scheme.code() >>> 8 < 8) {
                assertThat(scheme.code() >>> 8).as(name).isEqualTo(hash.ordinal() + 1);
                assertThat(scheme.code() & 0xff).as(name).isEqualTo(family == SignatureFamily.RSA_PKCS1 ? 1 : 3);
            }
            assertThat(family.isRsa()).as(name).isEqualTo(name.startsWith("RSA"));
            assertThat(family.isPss()).as(name).isEqualTo(name.startsWith("RSA_PSS"));
            int bits = 0;
            if (family.isPss()) {
                bits = 8 * (2 * hash.length() + 2) - 6; // emLen = ceil((bits - 1) / 8) >= hLen + sLen + 2
            } else if (family.isRsa()) {
                bits = 8 * (digestInfoHeaders.get(hash) + hash.length() + 11) - 7; // emLen >= tLen + 11
            }
            assertThat(scheme.minKeyBits()).as(name).isEqualTo(bits);
        }
    }

    @Test
    void aFamilyKnowsItsKeysByTheNamesOfTheJdk() {
        assertThat(familiesOf("RSA")).containsExactly(SignatureFamily.RSA_PKCS1, SignatureFamily.RSA_PSS_RSAE);
        assertThat(familiesOf("RSASSA-PSS")).containsExactly(SignatureFamily.RSA_PSS_PSS);
        assertThat(familiesOf("EC")).containsExactly(SignatureFamily.ECDSA);
        assertThat(familiesOf("EdDSA")).containsExactly(SignatureFamily.ED25519, SignatureFamily.ED448);
        assertThat(familiesOf("Ed448")).containsExactly(SignatureFamily.ED448);
        assertThat(familiesOf("DSA")).isEmpty();
    }

    private static List<SignatureFamily> familiesOf(String keyAlgorithm) {
        return Arrays.stream(SignatureFamily.values())
                .filter(family -> family.signsWithKeysOf(keyAlgorithm))
                .toList();
    }

    @Test
    void cipherSuites() {
        // RFC 5246 9-1, A.5-1, A.5-2, RFC 9325 4.1-1, 4.1-2, 4.1-3
        check("""
                0x002f TLS_RSA_WITH_AES_128_CBC_SHA
                0x0033 TLS_DHE_RSA_WITH_AES_128_CBC_SHA
                0x0035 TLS_RSA_WITH_AES_256_CBC_SHA
                0x0039 TLS_DHE_RSA_WITH_AES_256_CBC_SHA
                0x003c TLS_RSA_WITH_AES_128_CBC_SHA256
                0x003d TLS_RSA_WITH_AES_256_CBC_SHA256
                0x0041 TLS_RSA_WITH_CAMELLIA_128_CBC_SHA
                0x0045 TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA
                0x0067 TLS_DHE_RSA_WITH_AES_128_CBC_SHA256
                0x006b TLS_DHE_RSA_WITH_AES_256_CBC_SHA256
                0x0084 TLS_RSA_WITH_CAMELLIA_256_CBC_SHA
                0x0088 TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA
                0x008c TLS_PSK_WITH_AES_128_CBC_SHA
                0x008d TLS_PSK_WITH_AES_256_CBC_SHA
                0x0090 TLS_DHE_PSK_WITH_AES_128_CBC_SHA
                0x0091 TLS_DHE_PSK_WITH_AES_256_CBC_SHA
                0x0094 TLS_RSA_PSK_WITH_AES_128_CBC_SHA
                0x0095 TLS_RSA_PSK_WITH_AES_256_CBC_SHA
                0x009c TLS_RSA_WITH_AES_128_GCM_SHA256
                0x009d TLS_RSA_WITH_AES_256_GCM_SHA384
                0x009e TLS_DHE_RSA_WITH_AES_128_GCM_SHA256
                0x009f TLS_DHE_RSA_WITH_AES_256_GCM_SHA384
                0x00a8 TLS_PSK_WITH_AES_128_GCM_SHA256
                0x00a9 TLS_PSK_WITH_AES_256_GCM_SHA384
                0x00aa TLS_DHE_PSK_WITH_AES_128_GCM_SHA256
                0x00ab TLS_DHE_PSK_WITH_AES_256_GCM_SHA384
                0x00ac TLS_RSA_PSK_WITH_AES_128_GCM_SHA256
                0x00ad TLS_RSA_PSK_WITH_AES_256_GCM_SHA384
                0x00ae TLS_PSK_WITH_AES_128_CBC_SHA256
                0x00af TLS_PSK_WITH_AES_256_CBC_SHA384
                0x00b2 TLS_DHE_PSK_WITH_AES_128_CBC_SHA256
                0x00b3 TLS_DHE_PSK_WITH_AES_256_CBC_SHA384
                0x00b6 TLS_RSA_PSK_WITH_AES_128_CBC_SHA256
                0x00b7 TLS_RSA_PSK_WITH_AES_256_CBC_SHA384
                0x00ba TLS_RSA_WITH_CAMELLIA_128_CBC_SHA256
                0x00be TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256
                0x00c0 TLS_RSA_WITH_CAMELLIA_256_CBC_SHA256
                0x00c4 TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256
                0xc009 TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA
                0xc00a TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA
                0xc013 TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
                0xc014 TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA
                0xc023 TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256
                0xc024 TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384
                0xc027 TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256
                0xc028 TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384
                0xc02b TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
                0xc02c TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
                0xc02f TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
                0xc030 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
                0xc035 TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA
                0xc036 TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA
                0xc037 TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256
                0xc038 TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384
                0xc03c TLS_RSA_WITH_ARIA_128_CBC_SHA256
                0xc03d TLS_RSA_WITH_ARIA_256_CBC_SHA384
                0xc044 TLS_DHE_RSA_WITH_ARIA_128_CBC_SHA256
                0xc045 TLS_DHE_RSA_WITH_ARIA_256_CBC_SHA384
                0xc048 TLS_ECDHE_ECDSA_WITH_ARIA_128_CBC_SHA256
                0xc049 TLS_ECDHE_ECDSA_WITH_ARIA_256_CBC_SHA384
                0xc04c TLS_ECDHE_RSA_WITH_ARIA_128_CBC_SHA256
                0xc04d TLS_ECDHE_RSA_WITH_ARIA_256_CBC_SHA384
                0xc050 TLS_RSA_WITH_ARIA_128_GCM_SHA256
                0xc051 TLS_RSA_WITH_ARIA_256_GCM_SHA384
                0xc052 TLS_DHE_RSA_WITH_ARIA_128_GCM_SHA256
                0xc053 TLS_DHE_RSA_WITH_ARIA_256_GCM_SHA384
                0xc05c TLS_ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256
                0xc05d TLS_ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384
                0xc060 TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256
                0xc061 TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384
                0xc064 TLS_PSK_WITH_ARIA_128_CBC_SHA256
                0xc065 TLS_PSK_WITH_ARIA_256_CBC_SHA384
                0xc066 TLS_DHE_PSK_WITH_ARIA_128_CBC_SHA256
                0xc067 TLS_DHE_PSK_WITH_ARIA_256_CBC_SHA384
                0xc068 TLS_RSA_PSK_WITH_ARIA_128_CBC_SHA256
                0xc069 TLS_RSA_PSK_WITH_ARIA_256_CBC_SHA384
                0xc06a TLS_PSK_WITH_ARIA_128_GCM_SHA256
                0xc06b TLS_PSK_WITH_ARIA_256_GCM_SHA384
                0xc06c TLS_DHE_PSK_WITH_ARIA_128_GCM_SHA256
                0xc06d TLS_DHE_PSK_WITH_ARIA_256_GCM_SHA384
                0xc06e TLS_RSA_PSK_WITH_ARIA_128_GCM_SHA256
                0xc06f TLS_RSA_PSK_WITH_ARIA_256_GCM_SHA384
                0xc070 TLS_ECDHE_PSK_WITH_ARIA_128_CBC_SHA256
                0xc071 TLS_ECDHE_PSK_WITH_ARIA_256_CBC_SHA384
                0xc072 TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256
                0xc073 TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384
                0xc076 TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256
                0xc077 TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384
                0xc07a TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256
                0xc07b TLS_RSA_WITH_CAMELLIA_256_GCM_SHA384
                0xc07c TLS_DHE_RSA_WITH_CAMELLIA_128_GCM_SHA256
                0xc07d TLS_DHE_RSA_WITH_CAMELLIA_256_GCM_SHA384
                0xc086 TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256
                0xc087 TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384
                0xc08a TLS_ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256
                0xc08b TLS_ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384
                0xc08e TLS_PSK_WITH_CAMELLIA_128_GCM_SHA256
                0xc08f TLS_PSK_WITH_CAMELLIA_256_GCM_SHA384
                0xc090 TLS_DHE_PSK_WITH_CAMELLIA_128_GCM_SHA256
                0xc091 TLS_DHE_PSK_WITH_CAMELLIA_256_GCM_SHA384
                0xc092 TLS_RSA_PSK_WITH_CAMELLIA_128_GCM_SHA256
                0xc093 TLS_RSA_PSK_WITH_CAMELLIA_256_GCM_SHA384
                0xc094 TLS_PSK_WITH_CAMELLIA_128_CBC_SHA256
                0xc095 TLS_PSK_WITH_CAMELLIA_256_CBC_SHA384
                0xc096 TLS_DHE_PSK_WITH_CAMELLIA_128_CBC_SHA256
                0xc097 TLS_DHE_PSK_WITH_CAMELLIA_256_CBC_SHA384
                0xc098 TLS_RSA_PSK_WITH_CAMELLIA_128_CBC_SHA256
                0xc099 TLS_RSA_PSK_WITH_CAMELLIA_256_CBC_SHA384
                0xc09a TLS_ECDHE_PSK_WITH_CAMELLIA_128_CBC_SHA256
                0xc09b TLS_ECDHE_PSK_WITH_CAMELLIA_256_CBC_SHA384
                0xc09c TLS_RSA_WITH_AES_128_CCM
                0xc09d TLS_RSA_WITH_AES_256_CCM
                0xc09e TLS_DHE_RSA_WITH_AES_128_CCM
                0xc09f TLS_DHE_RSA_WITH_AES_256_CCM
                0xc0a0 TLS_RSA_WITH_AES_128_CCM_8
                0xc0a1 TLS_RSA_WITH_AES_256_CCM_8
                0xc0a2 TLS_DHE_RSA_WITH_AES_128_CCM_8
                0xc0a3 TLS_DHE_RSA_WITH_AES_256_CCM_8
                0xc0a4 TLS_PSK_WITH_AES_128_CCM
                0xc0a5 TLS_PSK_WITH_AES_256_CCM
                0xc0a6 TLS_DHE_PSK_WITH_AES_128_CCM
                0xc0a7 TLS_DHE_PSK_WITH_AES_256_CCM
                0xc0a8 TLS_PSK_WITH_AES_128_CCM_8
                0xc0a9 TLS_PSK_WITH_AES_256_CCM_8
                0xc0aa TLS_PSK_DHE_WITH_AES_128_CCM_8
                0xc0ab TLS_PSK_DHE_WITH_AES_256_CCM_8
                0xc0ac TLS_ECDHE_ECDSA_WITH_AES_128_CCM
                0xc0ad TLS_ECDHE_ECDSA_WITH_AES_256_CCM
                0xc0ae TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8
                0xc0af TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8
                0xcca8 TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
                0xcca9 TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
                0xccaa TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256
                0xccab TLS_PSK_WITH_CHACHA20_POLY1305_SHA256
                0xccac TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256
                0xccad TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256
                0xccae TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256
                0xd001 TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256
                0xd002 TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384
                0xd003 TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256
                0xd005 TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256
                """, CipherSuite.values(), CipherSuite::code, CipherSuite::name, CipherSuite::of);
    }

    @Test
    void aSuiteIsMadeOfThePartsItsNameSays() {
        // RFC 5288 3-3, RFC 5487 2-1, RFC 5489 3.2-1
        for (CipherSuite suite : CipherSuite.values()) {
            String[] halves = suite.name().substring("TLS_".length()).split("_WITH_");
            // RFC 6655 has two names of its own kind
            assertThat(suite.keyExchange().name())
                    .as(suite.name())
                    .isEqualTo(halves[0].equals("PSK_DHE") ? "DHE_PSK" : halves[0]);

            String cipher = halves[1].replaceFirst("_SHA(\\d*)$", "");
            String hash = halves[1].substring(cipher.length()).replaceFirst("^_", "");
            assertThat(suite.bulkCipher().name()).as(suite.name()).isEqualTo(cipher);

            boolean cbc = cipher.endsWith("_CBC");
            assertThat(suite.isAead()).as(suite.name()).isEqualTo(!cbc);
            assertThat(suite.mac().name())
                    .as(suite.name())
                    .isEqualTo(cbc ? "HMAC_" + (hash.equals("SHA") ? "SHA1" : hash) : "NULL");
            assertThat(suite.prfHash().name()).as(suite.name()).isEqualTo(hash.equals("SHA384") ? "SHA384" : "SHA256");
        }
    }

    @Test
    void theLengthsOfACipherAreThoseOfItsRfc() {
        // name: enc_key_length, fixed_iv_length, record_iv_length, tag
        Map<String, int[]> lengths = Map.ofEntries(
                Map.entry("AES_128_GCM", new int[] {16, 4, 8, 16}),
                Map.entry("AES_256_GCM", new int[] {32, 4, 8, 16}),
                Map.entry("CHACHA20_POLY1305", new int[] {32, 12, 0, 16}),
                Map.entry("AES_128_CCM", new int[] {16, 4, 8, 16}),
                Map.entry("AES_256_CCM", new int[] {32, 4, 8, 16}),
                Map.entry("AES_128_CCM_8", new int[] {16, 4, 8, 8}),
                Map.entry("AES_256_CCM_8", new int[] {32, 4, 8, 8}),
                Map.entry("CAMELLIA_128_GCM", new int[] {16, 4, 8, 16}),
                Map.entry("CAMELLIA_256_GCM", new int[] {32, 4, 8, 16}),
                Map.entry("ARIA_128_GCM", new int[] {16, 4, 8, 16}),
                Map.entry("ARIA_256_GCM", new int[] {32, 4, 8, 16}),
                Map.entry("AES_128_CBC", new int[] {16, 0, 16, 0}),
                Map.entry("AES_256_CBC", new int[] {32, 0, 16, 0}),
                Map.entry("CAMELLIA_128_CBC", new int[] {16, 0, 16, 0}),
                Map.entry("CAMELLIA_256_CBC", new int[] {32, 0, 16, 0}),
                Map.entry("ARIA_128_CBC", new int[] {16, 0, 16, 0}),
                Map.entry("ARIA_256_CBC", new int[] {32, 0, 16, 0}));
        assertThat(BulkCipher.values()).hasSize(lengths.size());
        for (BulkCipher cipher : BulkCipher.values()) {
            assertThat(new int[] {
                        cipher.keyLength(), cipher.fixedIvLength(), cipher.recordIvLength(), cipher.tagLength()
                    })
                    .as(cipher.name())
                    .containsExactly(lengths.get(cipher.name()));
        }
        assertThat(Arrays.stream(MacAlgorithm.values()).mapToInt(MacAlgorithm::length))
                .containsExactly(0, 20, 32, 48);
    }

    @Test
    void aKeyExchangeIsWhatItsNameSays() {
        for (KeyExchange exchange : KeyExchange.values()) {
            String name = exchange.name();
            boolean psk = name.endsWith("PSK");
            boolean rsa = name.startsWith("RSA");
            assertThat(exchange.isEphemeral()).as(name).isEqualTo(name.contains("DHE"));
            assertThat(exchange.isEcdhe()).as(name).isEqualTo(name.startsWith("ECDHE"));
            assertThat(exchange.usesPsk()).as(name).isEqualTo(psk);
            assertThat(exchange.decryptsPremaster()).as(name).isEqualTo(rsa);
            assertThat(exchange.usesCertificate()).as(name).isEqualTo(!psk || rsa);
            assertThat(exchange.signsServerKeyExchange()).as(name).isEqualTo(!psk && !rsa);
        }
    }

    /** RFC 5487 3.2, RFC 4785 and RFC 5246 A.5 have suites that encrypt nothing; none is here. */
    @Test
    void everySuiteEncrypts() {
        assertThat(CipherSuite.values()).noneMatch(suite -> suite.name().contains("WITH_NULL"));
    }

    @Test
    void singleNumbers() {
        assertThat(Signaling.TLS_EMPTY_RENEGOTIATION_INFO_SCSV).isEqualTo(0x00ff);
        assertThat(Signaling.TLS_FALLBACK_SCSV).isEqualTo(0x5600);
        assertThat(CompressionMethod.NULL.code()).isZero();
        assertThat(EcPointFormat.UNCOMPRESSED.code()).isZero();
        assertThat(EcCurveType.NAMED_CURVE.code()).isEqualTo(3);
        assertThat(NameType.HOST_NAME.code()).isZero();
        assertThat(ProtocolVersion.TLS_1_2).isEqualTo(0x0303);
        assertThat(ProtocolVersion.text(ProtocolVersion.TLS_1_2)).isEqualTo("3.3");
    }

    private static <E> void check(
            String registry,
            E[] constants,
            ToIntFunction<E> code,
            Function<E, String> name,
            IntFunction<@Nullable E> lookup) {
        Map<Integer, String> registered = new HashMap<>();
        registry.lines().map(line -> line.split(" ")).forEach(row -> registered.put(Integer.decode(row[0]), row[1]));
        assertThat(constants).hasSize(registered.size());
        for (E constant : constants) {
            assertThat(registered).containsEntry(code.applyAsInt(constant), name.apply(constant));
        }
        for (int number = -1; number <= 0x10000; number++) {
            E found = lookup.apply(number);
            if (registered.containsKey(number)) {
                assertThat(found).isNotNull();
                assertThat(code.applyAsInt(found)).isEqualTo(number);
            } else {
                assertThat(found).as("number %d", number).isNull();
            }
        }
    }
}
