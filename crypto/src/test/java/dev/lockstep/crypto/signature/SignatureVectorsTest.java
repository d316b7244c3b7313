package dev.lockstep.crypto.signature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.TestKeys;
import dev.lockstep.crypto.TestProviders;
import dev.lockstep.crypto.VectorFile;
import java.security.KeyFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Wycheproof's signatures, good and bad. */
@ParameterizedClass
@MethodSource("dev.lockstep.crypto.TestProviders#all")
class SignatureVectorsTest {
    @Parameter
    TestProviders provider;

    @ParameterizedTest
    @CsvSource({
        "ecdsa-secp256r1-sha256.txt, 310, 170",
        "ecdsa-secp384r1-sha384.txt, 310, 190",
        "ecdsa-secp521r1-sha512.txt, 310, 230",
        "ed25519.txt, 60, 80",
        "ed448.txt, 70, 15",
        "rsa-pkcs1-2048-sha224.txt, 249, 8",
        "rsa-pkcs1-2048-sha256.txt, 248, 8",
        "rsa-pkcs1-3072-sha384.txt, 249, 8",
        "rsa-pkcs1-4096-sha512.txt, 249, 8",
        "rsa-pss-2048-sha384.txt, 46, 95",
        "rsa-pss-3072-sha256.txt, 45, 60",
        "rsa-pss-4096-sha512.txt, 45, 40",
        "rsa-pss-params-2048-sha256.txt, 45, 60"
    })
    void validOnesVerifyAndAllOthersDoNot(String file, int invalid, int valid) throws Exception {
        List<String> wrong = new ArrayList<>();
        Map<String, SignatureVerifier> verifiers = new HashMap<>();
        int accepted = 0;
        int refused = 0;
        for (VectorFile.Row row : VectorFile.rows(file)) {
            SignatureAlgorithm algorithm = SignatureAlgorithm.valueOf(row.setting("algorithm"));
            String key = row.setting("key");
            SignatureVerifier verifier = verifiers.get(key);
            if (verifier == null) {
                verifier = verifier(algorithm, file, VectorFile.unhex(key));
                verifiers.put(key, verifier);
            }
            // RFC 5246 4.7-2: what is "acceptable" here is a DigestInfo without its NULL, and has to be taken.
            boolean expected = row.is("valid") || row.is("acceptable");
            if (verifier.verify(algorithm, row.bytes(3), row.bytes(4)) != expected) {
                wrong.add(row + " " + row.text(1) + " " + row.text(2));
            }
            accepted += expected ? 1 : 0;
            refused += expected ? 0 : 1;
        }
        assertThat(wrong).isEmpty();
        assertThat(accepted).isGreaterThanOrEqualTo(valid);
        assertThat(refused).isGreaterThanOrEqualTo(invalid);
    }

    private SignatureVerifier verifier(SignatureAlgorithm algorithm, String file, byte[] key) throws Exception {
        if (file.startsWith("rsa-pss-params")) {
            return SignatureVerifier.of(
                    KeyFactory.getInstance("RSASSA-PSS").generatePublic(new X509EncodedKeySpec(key)),
                    provider.sources());
        }
        return SignatureVerifier.of(TestKeys.publicKey(algorithm.key(), key), provider.sources());
    }
}
