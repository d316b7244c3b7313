package dev.lockstep.crypto.signature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.Held;
import dev.lockstep.crypto.Unsigned;
import dev.lockstep.crypto.group.NistCurve;
import dev.lockstep.crypto.hash.HashAlgorithm;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The nonces of RFC 6979: those it prints, and in small groups, where few candidates will do, those of a plain reading. */
class EcdsaNonceTest {
    private static final BigInteger D =
            new BigInteger("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721", 16);
    private static final byte[] DIGEST = HashAlgorithm.SHA256.digest("sample".getBytes(StandardCharsets.US_ASCII));

    @ParameterizedTest
    @CsvSource({
        "SHA1, sample, 882905F1227FD620FBF2ABF21244F0BA83D0DC3A9103DBBEE43A1FB858109DB4",
        "SHA256, sample, A6E3C57DD01ABE90086538398355DD4C3B17AA873382B0F24D6129493D8AAD60",
        "SHA512, sample, 5FA81C63109BADB88C1F367B47DA606DA28CAD69AA22C4FE6AD7DF73A7173AA5",
        "SHA256, test, D16B6AE827F17175E040871A1C7EC3500192C4C92677336EC2537ACAEE0008E0",
        "SHA512, test, 6915D11632ACA3C40D5D51C08DAF9C555933819548784480E93499000D9F0B7F"
    })
    void theNonceIsThatOfRfc6979SectionA25(HashAlgorithm hash, String message, String k) {
        EcdsaNonce nonce = new EcdsaNonce(hash, new byte[0]);
        nonce.init(NistCurve.P256.order(), D, hash.digest(message.getBytes(StandardCharsets.US_ASCII)));
        assertThat(new BigInteger(1, nonce.nextK())).isEqualTo(new BigInteger(k, 16));
    }

    /** RFC 6979 A.1: a small group, in which the first two candidates are out of range. */
    @Test
    void theNonceIsDrawnAgainUntilItIsInRange() {
        EcdsaNonce nonce = new EcdsaNonce(HashAlgorithm.SHA256, new byte[0]);
        nonce.init(
                new BigInteger("4000000000000000000020108A2E0CC0D99F8A5EF", 16),
                new BigInteger("09A4D6792295A7F730FC3F2B49CBC0F62E862272F", 16),
                DIGEST);
        assertThat(new BigInteger(1, nonce.nextK()))
                .isEqualTo(new BigInteger("23AF4074C90A02B3FE61D286D5C87F425E6BDD81B", 16));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5, 127, 128, 251, 256, 257, 509, 65_521, 65_537, 16_777_213})
    void everyNonceOfASmallGroupIsThatOfThePlainReading(int order) throws GeneralSecurityException {
        for (int digest = 0; digest < 100; digest++) {
            assertNonces(BigInteger.valueOf(order), BigInteger.TWO, HashAlgorithm.SHA256.digest(new byte[digest]));
        }
    }

    /** Here one value of the HMAC is exactly one candidate. */
    @Test
    void everyNonceOfP256IsThatOfThePlainReading() throws GeneralSecurityException {
        assertNonces(NistCurve.P256.order(), D, DIGEST);
    }

    private static void assertNonces(BigInteger n, BigInteger d, byte[] digest) throws GeneralSecurityException {
        PlainReading expected = new PlainReading(n, d, digest);
        EcdsaNonce nonce = new EcdsaNonce(HashAlgorithm.SHA256, new byte[0]);
        nonce.init(n, d, digest);
        for (int i = 0; i < 6; i++) {
            byte[] k = nonce.nextK();
            assertThat(k).hasSize((n.bitLength() + 7) / 8);
            assertThat(new BigInteger(1, k)).as("candidate %d", i).isEqualTo(expected.next(i > 0));
        }
    }

    /** RFC 6979 3.2 with SHA-256, step by step. */
    private static final class PlainReading {
        private final BigInteger n;
        private byte[] v = new byte[32];
        private byte[] k = new byte[32];

        PlainReading(BigInteger n, BigInteger d, byte[] digest) throws GeneralSecurityException {
            this.n = n;
            int length = (n.bitLength() + 7) / 8;
            byte[] x = Unsigned.bytes(d, length);
            byte[] h = Unsigned.bytes(number(digest).mod(n), length);
            Arrays.fill(v, (byte) 1);
            renew(0, x, h);
            renew(1, x, h);
        }

        BigInteger next(boolean again) throws GeneralSecurityException {
            if (again) {
                renew(0);
            }
            while (true) {
                ByteArrayOutputStream t = new ByteArrayOutputStream();
                while (8 * t.size() < n.bitLength()) {
                    v = hmac(v);
                    t.writeBytes(v);
                }
                BigInteger candidate = number(t.toByteArray());
                if (candidate.signum() > 0 && candidate.compareTo(n) < 0) {
                    return candidate;
                }
                renew(0);
            }
        }

        private void renew(int tag, byte[]... parts) throws GeneralSecurityException {
            ByteArrayOutputStream message = new ByteArrayOutputStream();
            message.writeBytes(v);
            message.write(tag);
            for (byte[] part : parts) {
                message.writeBytes(part);
            }
            k = hmac(message.toByteArray());
            v = hmac(v);
        }

        private byte[] hmac(byte[] message) throws GeneralSecurityException {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(k, "HmacSHA256"));
            return mac.doFinal(message);
        }

        /** The leftmost bits, as many as n has. */
        private BigInteger number(byte[] bits) {
            return new BigInteger(1, bits).shiftRight(Math.max(0, 8 * bits.length - n.bitLength()));
        }
    }

    @Test
    void aSignatureThatBeginsAnotherTimeHasTheSameNonce() {
        EcdsaNonce nonce = new EcdsaNonce(HashAlgorithm.SHA256, new byte[0]);
        nonce.init(NistCurve.P256.order(), D, DIGEST);
        byte[] k = nonce.nextK();
        nonce.init(NistCurve.P256.order(), D, DIGEST);
        assertThat(nonce.nextK()).isEqualTo(k);
    }

    @Test
    void addedRandomnessIsWipedOnceItIsUsed() {
        byte[] additional = {1, 2, 3};
        EcdsaNonce nonce = new EcdsaNonce(HashAlgorithm.SHA256, additional);
        nonce.init(NistCurve.P256.order(), D, DIGEST);
        assertThat(additional).containsOnly(0);
    }

    @Test
    void aDestroyedNonceHoldsNothing() {
        EcdsaNonce nonce = new EcdsaNonce(HashAlgorithm.SHA256, new byte[] {1, 2, 3});
        nonce.init(NistCurve.P256.order(), D, DIGEST);
        nonce.nextK();
        assertThat(Held.by(nonce)).contains("key", "value", "hmac.innerPad");
        nonce.destroy();
        assertThat(Held.by(nonce)).isEmpty();
    }
}
