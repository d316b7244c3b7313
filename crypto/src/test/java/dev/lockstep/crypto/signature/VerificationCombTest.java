package dev.lockstep.crypto.signature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.TestKeys;
import dev.lockstep.crypto.VectorFile;
import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.group.NistCurve;
import dev.lockstep.crypto.group.VerificationComb;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The verification of a key that has a table, against Wycheproof's signatures and corners of the equation. */
class VerificationCombTest {

    private static NistCurve curve(Group group) {
        return switch (group) {
            case SECP256R1 -> NistCurve.P256;
            case SECP384R1 -> NistCurve.P384;
            case SECP521R1 -> NistCurve.P521;
            default -> throw new IllegalArgumentException();
        };
    }

    @ParameterizedTest
    @CsvSource({
        "ecdsa-secp256r1-sha256.txt, SECP256R1, 20, 170",
        "ecdsa-secp384r1-sha384.txt, SECP384R1, 20, 190",
        "ecdsa-secp521r1-sha512.txt, SECP521R1, 20, 230"
    })
    void agreesWithPublishedVerdicts(String file, Group group, int invalid, int valid) throws Exception {
        NistCurve curve = curve(group);
        List<String> wrong = new ArrayList<>();
        Map<String, VerificationComb> combs = new HashMap<>();
        int accepted = 0;
        int refused = 0;
        for (VectorFile.Row row : VectorFile.rows(file)) {
            EcdsaEncoding.Pair pair = EcdsaEncoding.decode(row.bytes(4));
            if (pair == null
                    || pair.r().compareTo(curve.order()) >= 0
                    || pair.s().compareTo(curve.order()) >= 0) {
                continue;
            }
            String hex = row.setting("key");
            VerificationComb comb = combs.get(hex);
            if (comb == null) {
                ECPublicKeyParameters key = (ECPublicKeyParameters)
                        PublicKeyFactory.createKey(SubjectPublicKeyInfo.getInstance(VectorFile.unhex(hex)));
                comb = curve.verificationComb(curve.decode(key.getQ().getEncoded(false)));
                combs.put(hex, comb);
            }
            byte[] digest = SignatureAlgorithm.valueOf(row.setting("algorithm"))
                    .requireHash()
                    .digest(row.bytes(3));
            BigInteger e = EcdsaNonce.leftmostBits(digest, curve.order());
            if (comb.verifies(e, pair.r(), pair.s()) != row.is("valid")) {
                wrong.add(row + " " + row.text(1) + " " + row.text(2));
            }
            accepted += row.is("valid") ? 1 : 0;
            refused += row.is("valid") ? 0 : 1;
        }
        assertThat(wrong).isEmpty();
        assertThat(accepted).isGreaterThanOrEqualTo(valid);
        assertThat(refused).isGreaterThanOrEqualTo(invalid);
    }

    @ParameterizedTest
    @EnumSource(names = {"SECP256R1", "SECP384R1", "SECP521R1"})
    void acceptsWhatTheEquationDemandsAndNothingBeside(Group group) {
        NistCurve curve = curve(group);
        BigInteger n = curve.order();
        Random random = new Random(6979);
        for (BigInteger d : List.of(
                BigInteger.ONE,
                BigInteger.TWO,
                n.subtract(BigInteger.ONE),
                new BigInteger(n.bitLength() - 1, random).setBit(0))) {
            ECPoint q = curve.domain().getG().multiply(d).normalize();
            VerificationComb comb = curve.verificationComb(q);
            for (int i = 0; i < 12; i++) {
                BigInteger k = i < 3 ? BigInteger.valueOf(i + 1) : new BigInteger(n.bitLength() - 1, random).setBit(0);
                BigInteger r = curve.domain()
                        .getG()
                        .multiply(k)
                        .normalize()
                        .getAffineXCoord()
                        .toBigInteger()
                        .mod(n);
                BigInteger e = i % 4 == 3 ? BigInteger.ZERO : new BigInteger(n.bitLength() - 1, random);
                BigInteger s = k.modInverse(n).multiply(e.add(r.multiply(d))).mod(n);
                assertThat(comb.verifies(e, r, s)).as("d %s k %s", d, k).isTrue();
                assertThat(comb.verifies(e, r, n.subtract(s))).isTrue(); // ECDSA has both
                assertThat(comb.verifies(e.add(BigInteger.ONE), r, s)).isFalse();
                assertThat(comb.verifies(e, r.add(BigInteger.ONE).mod(n), s)).isFalse();
                // u1 * G + u2 * Q is the point at infinity, which has no coordinate.
                BigInteger opposite = n.subtract(r.multiply(d).mod(n)).mod(n);
                assertThat(comb.verifies(opposite, r, s)).isFalse();
            }
        }
    }

    @Test
    void aKeyThatVerifiesOftenGivesTheSameVerdicts() throws Exception {
        LocalSigner signer = LocalSigner.of(TestKeys.P256.getPrivate(), new SecureRandom());
        SignatureVerifier verifier = SignatureVerifier.of(TestKeys.P256.getPublic());
        for (int i = 0; i < 20; i++) {
            byte[] message = {(byte) i};
            byte[] signature = signer.sign(SignatureAlgorithm.ECDSA_SHA256, message);
            assertThat(verifier.verify(SignatureAlgorithm.ECDSA_SHA256, message, signature))
                    .isTrue();
            assertThat(verifier.verify(SignatureAlgorithm.ECDSA_SHA256, new byte[] {(byte) ~i}, signature))
                    .isFalse();
        }
    }
}
