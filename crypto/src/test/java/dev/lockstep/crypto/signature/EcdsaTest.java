package dev.lockstep.crypto.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.crypto.FixedRandom;
import dev.lockstep.crypto.TestKeys;
import dev.lockstep.crypto.TestProviders;
import dev.lockstep.crypto.VectorFile;
import dev.lockstep.crypto.group.NistCurve;
import dev.lockstep.crypto.hash.HashAlgorithm;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@MethodSource("dev.lockstep.crypto.TestProviders#all")
class EcdsaTest {
    @Parameter
    TestProviders provider;

    private static final byte[] MESSAGE = "sample".getBytes(StandardCharsets.US_ASCII);

    private static final String RFC6979_P256 = "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721";
    private static final String RFC6979_P384 =
            "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5";
    private static final String RFC6979_P521 =
            "0FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75CAA896EB32F"
                    + "1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538";

    @Test
    void withoutAddedRandomnessSignaturesAreThoseOfRfc6979() throws Exception {
        // RFC 8422 5.10-3
        assertSignature(
                NistCurve.P256,
                RFC6979_P256,
                HashAlgorithm.SHA256,
                "sample",
                "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
                "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8");
        assertSignature(
                NistCurve.P256,
                RFC6979_P256,
                HashAlgorithm.SHA256,
                "test",
                "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
                "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083");
        assertSignature(
                NistCurve.P384,
                RFC6979_P384,
                HashAlgorithm.SHA256,
                "sample",
                "21B13D1E013C7FA1392D03C5F99AF8B30C570C6F98D4EA8E354B63A21D3DAA33BDE1E888E63355D92FA2B3C36D8FB2CD",
                "F3AA443FB107745BF4BD77CB3891674632068A10CA67E3D45DB2266FA7D1FEEBEFDC63ECCD1AC42EC0CB8668A4FA0AB0");
        assertSignature(
                NistCurve.P384,
                RFC6979_P384,
                HashAlgorithm.SHA384,
                "sample",
                "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46",
                "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8");
        assertSignature(
                NistCurve.P384,
                RFC6979_P384,
                HashAlgorithm.SHA384,
                "test",
                "8203B63D3C853E8D77227FB377BCF7B7B772E97892A80F36AB775D509D7A5FEB0542A7F0812998DA8F1DD3CA3CF023DB",
                "DDD0760448D42D8A43AF45AF836FCE4DE8BE06B485E9B61B827C2F13173923E06A739F040649A667BF3B828246BAA5A5");
        assertSignature(
                NistCurve.P521,
                RFC6979_P521,
                HashAlgorithm.SHA256,
                "sample",
                "1511BB4D675114FE266FC4372B87682BAECC01D3CC62CF2303C92B3526012659D16876E25C7C1E57648F23B73564D67F61C6F14D"
                        + "527D54972810421E7D87589E1A7",
                "04A171143A83163D6DF460AAF61522695F207A58B95C0644D87E52AA1A347916E4F7A72930B1BC06DBE22CE3F58264AFD23704CB"
                        + "B63B29B931F7DE6C9D949A7ECFC");
        assertSignature(
                NistCurve.P521,
                RFC6979_P521,
                HashAlgorithm.SHA512,
                "sample",
                "0C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F174E25A1EE9017B5D450606ADD152B534931D7D4E"
                        + "8455CC91F9B15BF05EC36E377FA",
                "0617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF282623EAA63E5B5C0723D8B8C37FF0777B1A20F8C"
                        + "CB1DCCC43997F1EE0E44DA4A67A");
    }

    @Test
    void verifiesTheSignaturesOfNistCavp() {
        // RFC 8422 5.10-3
        assertVerifies(
                NistCurve.P256,
                "1ccbe91c075fc7f4f033bfa248db8fccd3565de94bbfb12f3c59ff46c271bf83",
                "ce4014c68811f9a21a1fdb2c0e6113e06db7ca93b7404e78dc7ccd5ca89a4ca9",
                "5905238877c77421f73e43ee3da6f2d9e2ccad5fc942dcec0cbd25482935faaf416983fe165b1a045ee2bcd2e6dca3bdf46c4310"
                        + "a7461f9a37960ca672d3feb5473e253605fb1ddfd28065b53cb5858a8ad28175bf9bd386a5e471ea7a65c17cc934"
                        + "a9d791e91491eb3754d03799790fe2d308d16146d5c9b0d0debd97d79ce8",
                "f3ac8061b514795b8843e3d6629527ed2afd6b1f6a555a7acabb5e6f79c8c2ac",
                "8bf77819ca05a6b2786c76262bf7371cef97b218e96f175a3ccdda2acc058903");
        assertVerifies(
                NistCurve.P384,
                "0400193b21f07cd059826e9453d3e96dd145041c97d49ff6b7047f86bb0b0439e909274cb9c282bfab88674c0765bc75",
                "f70d89c52acbc70468d2c5ae75c76d7f69b76af62dcf95e99eba5dd11adf8f42ec9a425b0c5ec98e2f234a926b82a147",
                "663b12ebf44b7ed3872b385477381f4b11adeb0aec9e0e2478776313d536376dc8fd5f3c715bb6ddf32c01ee1d6f8b731785732c"
                        + "0d8441df636d8145577e7b3138e43c32a61bc1242e0e73d62d624cdc924856076bdbbf1ec04ad4420732ef0c53d4"
                        + "2479a08235fcfc4db4d869c4eb2828c73928cdc3e3758362d1b770809997",
                "b11db00cdaf53286d4483f38cd02785948477ed7ebc2ad609054551da0ab0359978c61851788aa2ec3267946d440e878",
                "16007873c5b0604ce68112a8fee973e8e2b6e3319c683a762ff5065a076512d7c98b27e74b7887671048ac027df8cbf2");
        assertVerifies(
                NistCurve.P521,
                "7d042ca19408524e68b981f1419351e3b84736c77fe58fee7d11317df2e850d960c7dd10d10ba714c8a609d163502b79d682e8bb"
                        + "ecd4f52591d2748533e45a867a",
                "197ac6416111ccf987d290459ebc8ad9ec56e49059c992155539a36a626631f4a2d89164b985154f2dddc0281ee5b5178271f3a7"
                        + "6a0914c3fcd1f97be8e8376efb3",
                "8ab8176b16278db54f84328ae0b75ef8f0cd18afdf40c04ad0927ed0f6d9e47470396c8e87cde7a9be2ffbfe6c9658c88b7de4d5"
                        + "82111119c433b2e4a504493f0a1166e3a3ea0d7b93358f4a297d63f65a5e752f94e2ee7f49ebcc742fa3eb03a617"
                        + "d00c574245b77a20033854d82964b2949e2247637239ab00baf4d170d97c",
                "9dd1f2a716843eedec7a6645ac834d4336e7b18e35701f06cae9d6b290d41491424735f3b57e829ad5de055eaeef1778f051c1ee"
                        + "152bf2131a081e53df2a567a8a",
                "2148e8428d70a72bc9fa986c38c2c97deda0420f222f9dc99d32c0acba699dc7ba0a2b79ce5999ff61bd0b233c744a893bc105bc"
                        + "a5c235423e531612da65d72e62");
    }

    @Test
    void signingTheSameMessageTwiceTakesTwoNonces() throws Exception {
        LocalSigner signer = LocalSigner.of(TestKeys.P256.getPrivate(), new SecureRandom(), provider.sources());
        byte[] one = signer.sign(SignatureAlgorithm.ECDSA_SHA256, MESSAGE);
        byte[] two = signer.sign(SignatureAlgorithm.ECDSA_SHA256, MESSAGE);
        assertThat(r(one)).isNotEqualTo(r(two));
    }

    @Test
    void aBrokenGeneratorDoesNotMakeTwoMessagesShareANonce() throws Exception {
        LocalSigner signer = LocalSigner.of(TestKeys.P256.getPrivate(), new FixedRandom(0));
        byte[] one = signer.sign(SignatureAlgorithm.ECDSA_SHA256, MESSAGE);
        byte[] two = signer.sign(SignatureAlgorithm.ECDSA_SHA256, new byte[0]);
        assertThat(r(one)).isNotEqualTo(r(two));
        assertThat(signer.sign(SignatureAlgorithm.ECDSA_SHA256, MESSAGE)).isEqualTo(one);
    }

    @Test
    void zeroAndTheOrderAreNoSignatures() {
        SignatureVerifier verifier = SignatureVerifier.of(TestKeys.P256.getPublic(), provider.sources());
        BigInteger n = NistCurve.P256.order();
        BigInteger[] edges = {BigInteger.ZERO, BigInteger.ONE, n.subtract(BigInteger.ONE), n, n.add(BigInteger.ONE)};
        for (BigInteger r : edges) {
            for (BigInteger s : edges) {
                byte[] signature = EcdsaEncoding.encode(r, s);
                for (byte[] message : new byte[][] {MESSAGE, new byte[0], new byte[32]}) {
                    assertThat(verifier.verify(SignatureAlgorithm.ECDSA_SHA256, message, signature))
                            .isFalse();
                }
            }
        }
    }

    @Test
    void rOrSPlusTheOrderIsNotTheSameSignature() throws Exception {
        LocalSigner signer = LocalSigner.of(TestKeys.P256.getPrivate(), new SecureRandom(), provider.sources());
        SignatureVerifier verifier = SignatureVerifier.of(TestKeys.P256.getPublic(), provider.sources());
        BigInteger n = NistCurve.P256.order();
        EcdsaEncoding.Pair pair = EcdsaEncoding.decode(signer.sign(SignatureAlgorithm.ECDSA_SHA256, MESSAGE));
        assertThat(verifies(verifier, pair.r(), pair.s())).isTrue();
        assertThat(verifies(verifier, pair.r().add(n), pair.s())).isFalse();
        assertThat(verifies(verifier, pair.r(), pair.s().add(n))).isFalse();
    }

    @Test
    void encodingAndDecodingAreInverse() {
        for (int bits : new int[] {1, 7, 8, 9, 63, 64, 255, 256, 384, 520, 521}) {
            BigInteger r = BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
            BigInteger s = BigInteger.ONE.shiftLeft(bits - 1);
            EcdsaEncoding.Pair pair = EcdsaEncoding.decode(EcdsaEncoding.encode(r, s));
            assertThat(pair).isEqualTo(new EcdsaEncoding.Pair(r, s));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-",
                "30",
                "3000",
                "300602010102010100", // trailing byte
                "3007020101020101", // sequence longer than its content
                "3005020101020101", // sequence shorter
                "308106020101020101", // long form where the short one does
                "30820006020101020101",
                "3080020101020101 0000", // indefinite length
                "310602010102010100", // set
                "3006030101020101", // bit string
                "3006020101", // one integer
                "30090201010201010201" + "01", // three
                "30060201ff020101", // negative
                "3006020101020180",
                "300702020001020101", // leading zero
                "3006020100020101", // zero
                "3006020101020100",
                "300502000 20101", // empty integer
                "30070281010102" + "0101", // long form inside
                "3006020501020101", // integer longer than the sequence
                "30060201010201"
            })
    void anythingButTheOneDerEncodingIsRefused(String hex) {
        assertThat(EcdsaEncoding.decode(VectorFile.unhex(hex.replace(" ", "")))).isNull();
    }

    @Test
    void theSmallestSignatureIsReadable() {
        assertThat(EcdsaEncoding.decode(VectorFile.unhex("3006020101020101")))
                .isEqualTo(new EcdsaEncoding.Pair(BigInteger.ONE, BigInteger.ONE));
    }

    @Test
    void everyPrefixAndEveryExtensionOfASignatureIsRefused() throws Exception {
        LocalSigner signer = LocalSigner.of(TestKeys.P521.getPrivate(), new SecureRandom(), provider.sources());
        SignatureVerifier verifier = SignatureVerifier.of(TestKeys.P521.getPublic(), provider.sources());
        byte[] signature = signer.sign(SignatureAlgorithm.ECDSA_SHA512, MESSAGE);
        for (int length = 0; length <= signature.length + 1; length++) {
            assertThat(verifier.verify(SignatureAlgorithm.ECDSA_SHA512, MESSAGE, Arrays.copyOf(signature, length)))
                    .isEqualTo(length == signature.length);
        }
    }

    @Test
    void aDestroyedKeySignsNothing() {
        LocalSigner signer = LocalSigner.of(TestKeys.P256.getPrivate(), new SecureRandom(), provider.sources());
        signer.destroy();
        assertThatThrownBy(() -> signer.sign(SignatureAlgorithm.ECDSA_SHA256, MESSAGE))
                .isInstanceOf(InvalidKeyException.class);
    }

    @Test
    void theSignatureIsOfTheKeyThatWasGiven() throws Exception {
        // s = (e + r d) / k: with k known, d comes out again.
        BigInteger n = NistCurve.P256.order();
        BigInteger d = ((ECPrivateKey) TestKeys.P256.getPrivate()).getS();
        byte[] digest = HashAlgorithm.SHA256.digest(MESSAGE);
        EcdsaNonce nonce = new EcdsaNonce(HashAlgorithm.SHA256, new byte[] {7});
        nonce.init(n, d, digest);
        EcdsaSigningKey key = new EcdsaSigningKey(NistCurve.P256, d, new SecureRandom());
        EcdsaEncoding.Pair pair = EcdsaEncoding.decode(key.sign(HashAlgorithm.SHA256, MESSAGE, new byte[] {7}));
        BigInteger e = new BigInteger(1, digest);
        BigInteger found = pair.s()
                .multiply(new BigInteger(1, nonce.nextK()))
                .subtract(e)
                .multiply(pair.r().modInverse(n));
        assertThat(found.mod(n)).isEqualTo(d);
    }

    private static BigInteger r(byte[] signature) {
        return EcdsaEncoding.decode(signature).r();
    }

    private static boolean verifies(SignatureVerifier verifier, BigInteger r, BigInteger s) {
        return verifier.verify(SignatureAlgorithm.ECDSA_SHA256, MESSAGE, EcdsaEncoding.encode(r, s));
    }

    private static void assertSignature(
            NistCurve curve, String d, HashAlgorithm hash, String message, String r, String s) throws Exception {
        EcdsaSigningKey key = new EcdsaSigningKey(curve, new BigInteger(d, 16), new SecureRandom());
        byte[] signature = key.sign(hash, message.getBytes(StandardCharsets.US_ASCII), new byte[0]);
        assertThat(EcdsaEncoding.decode(signature))
                .isEqualTo(new EcdsaEncoding.Pair(new BigInteger(r, 16), new BigInteger(s, 16)));
    }

    private void assertVerifies(NistCurve curve, String x, String y, String message, String r, String s) {
        ECPoint q = curve.domain().getCurve().createPoint(new BigInteger(x, 16), new BigInteger(y, 16));
        EcdsaVerificationKey key =
                new EcdsaVerificationKey(curve, q, provider.sources().of(ProviderEcdsa.verifying(curve)));
        byte[] signature = EcdsaEncoding.encode(new BigInteger(r, 16), new BigInteger(s, 16));
        byte[] m = VectorFile.unhex(message);
        assertThat(key.verify(SignatureAlgorithm.ECDSA_SHA256, m, signature)).isTrue();
        m[0] ^= 1;
        assertThat(key.verify(SignatureAlgorithm.ECDSA_SHA256, m, signature)).isFalse();
    }
}
