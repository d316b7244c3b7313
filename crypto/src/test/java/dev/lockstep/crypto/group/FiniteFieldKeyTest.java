package dev.lockstep.crypto.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.crypto.FixedRandom;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.KeyAgreement;
import javax.crypto.interfaces.DHPublicKey;
import javax.crypto.spec.DHParameterSpec;
import javax.crypto.spec.DHPublicKeySpec;
import org.bouncycastle.crypto.agreement.DHStandardGroups;
import org.bouncycastle.crypto.params.DHParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class FiniteFieldKeyTest {
    private static final BigInteger TWO = BigInteger.TWO;

    @ParameterizedTest
    @EnumSource(value = Group.class, names = "FFDHE.*", mode = Mode.MATCH_ANY)
    void thePrimesAreThoseThatOthersCopiedFromTheRfc(Group group) {
        DHParameters published =
                switch (group) {
                    case FFDHE2048 -> DHStandardGroups.rfc7919_ffdhe2048;
                    case FFDHE3072 -> DHStandardGroups.rfc7919_ffdhe3072;
                    case FFDHE4096 -> DHStandardGroups.rfc7919_ffdhe4096;
                    case FFDHE6144 -> DHStandardGroups.rfc7919_ffdhe6144;
                    case FFDHE8192 -> DHStandardGroups.rfc7919_ffdhe8192;
                    case X25519, X448, SECP256R1, SECP384R1, SECP521R1 ->
                        throw new IllegalArgumentException(group.toString());
                };
        assertThat(FfdheParameters.p(group)).isEqualTo(published.getP());
        assertThat(FfdheParameters.g(group)).isEqualTo(published.getG());
    }

    @ParameterizedTest
    @EnumSource(value = Group.class, names = "FFDHE.*", mode = Mode.MATCH_ANY)
    void thePrimesAreSafeAndTwoGeneratesTheLargeSubgroup(Group group) {
        BigInteger p = FfdheParameters.p(group);
        BigInteger q = p.shiftRight(1);
        assertThat(p.bitLength()).isEqualTo(8 * group.publicLength());
        assertThat(q.isProbablePrime(64)).isTrue();
        // 2^q = 1 says that 2 has order q; and as q is a prime above sqrt(p) and gcd(2^2 - 1, p) = 1, p is a prime by
        // Pocklington's criterion.
        assertThat(TWO.modPow(q, p)).isEqualTo(BigInteger.ONE);
        assertThat(p.gcd(BigInteger.valueOf(3))).isEqualTo(BigInteger.ONE);
    }

    @ParameterizedTest
    @EnumSource(value = Group.class, names = "FFDHE.*", mode = Mode.MATCH_ANY)
    void thePrimeIsEncodedInItsOwnLength(Group group) {
        byte[] p = FfdheParameters.pBytes(group);
        assertThat(p).hasSize(group.publicLength());
        assertThat(new BigInteger(1, p)).isEqualTo(FfdheParameters.p(group));
    }

    @Test
    void curvesHaveNoFiniteFieldParameters() {
        assertThatThrownBy(() -> FfdheParameters.p(Group.X25519)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FfdheParameters.g(Group.SECP256R1)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(value = Group.class, names = "FFDHE.*", mode = Mode.MATCH_ANY)
    void zeroOneAndEverythingFromPMinusOneIsRefused(Group group) {
        // RFC 7919 4-6, 5.1-1
        BigInteger p = FfdheParameters.p(group);
        for (BigInteger y : new BigInteger[] {
            BigInteger.ZERO,
            BigInteger.ONE,
            p.subtract(BigInteger.ONE),
            p,
            p.add(BigInteger.ONE),
            p.add(TWO),
            p.shiftLeft(1),
            TWO.pow(8192)
        }) {
            InvalidPublicValueException fault = catchThrowableOfType(
                    InvalidPublicValueException.class, () -> key(group, 5).agree(y.toByteArray()));
            assertThat(fault.kind()).isEqualTo(InvalidPublicValueException.Kind.BAD_VALUE);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Group.class, names = "FFDHE.*", mode = Mode.MATCH_ANY)
    void twoAndPMinusTwoAreTheLimitsOfWhatIsAccepted(Group group) throws Exception {
        BigInteger p = FfdheParameters.p(group);
        assertThat(key(group, 5).agree(new byte[] {2})).containsExactly(32);
        assertThat(new BigInteger(1, key(group, 5).agree(p.subtract(TWO).toByteArray())))
                .isEqualTo(p.subtract(BigInteger.valueOf(32)));
    }

    @Test
    void leadingZerosOfThePeersValueDoNotMatter() throws Exception {
        byte[] longer = new byte[300];
        longer[299] = 3;
        assertThat(key(Group.FFDHE2048, 2).agree(longer)).containsExactly(9);
    }

    @Test
    void leadingZerosOfTheSecretAreStripped() throws Exception {
        assertThat(key(Group.FFDHE2048, 15).agree(new byte[] {2})).containsExactly(0x80, 0);
        assertThat(key(Group.FFDHE2048, 16).agree(new byte[] {2})).containsExactly(1, 0, 0);
    }

    @Test
    void thePublicValueIsPaddedToTheLengthOfP() {
        byte[] y = key(Group.FFDHE3072, 9).publicValue();
        assertThat(y).hasSize(384).endsWith(2, 0);
        assertThat(Arrays.copyOf(y, 382)).containsOnly(0);
    }

    /** RFC 7919 Appendix A names the least size of a short exponent for each group. */
    @ParameterizedTest
    @CsvSource({"FFDHE2048, 225", "FFDHE3072, 275", "FFDHE4096, 325", "FFDHE6144, 375", "FFDHE8192, 400"})
    void exponentsHoldTheEntropyTheRfcAsksFor(Group group, int bits) {
        assertThat(FfdheParameters.of(group).exponentBits()).isEqualTo(bits);
        // With nothing but zeros from the generator only the fixed top bit, just above the random ones, is left.
        BigInteger y = new BigInteger(
                1, EphemeralKey.generate(group, new FixedRandom(0)).publicValue());
        assertThat(y).isEqualTo(TWO.modPow(TWO.pow(bits), FfdheParameters.p(group)));
        BigInteger most = new BigInteger(
                1, EphemeralKey.generate(group, new FixedRandom(0xff)).publicValue());
        assertThat(most).isEqualTo(TWO.modPow(TWO.pow(bits + 1).subtract(BigInteger.ONE), FfdheParameters.p(group)));
    }

    @Test
    void agreesWithTheJdk() throws Exception {
        Group group = Group.FFDHE2048;
        DHParameterSpec spec = new DHParameterSpec(FfdheParameters.p(group), TWO, 256);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("DH");
        generator.initialize(spec);
        KeyPair theirs = generator.generateKeyPair();
        EphemeralKey ours = EphemeralKey.generate(group, new SecureRandom());
        KeyAgreement agreement = KeyAgreement.getInstance("DH");
        agreement.init(theirs.getPrivate());
        BigInteger y = new BigInteger(1, ours.publicValue());
        agreement.doPhase(KeyFactory.getInstance("DH").generatePublic(new DHPublicKeySpec(y, spec.getP(), TWO)), true);
        byte[] secret = ours.agree(((DHPublicKey) theirs.getPublic()).getY().toByteArray());
        assertThat(new BigInteger(1, secret)).isEqualTo(new BigInteger(1, agreement.generateSecret()));
    }

    private static FiniteFieldKey key(Group group, long exponent) {
        return FiniteFieldKey.fromExponent(group, BigInteger.valueOf(exponent));
    }
}
