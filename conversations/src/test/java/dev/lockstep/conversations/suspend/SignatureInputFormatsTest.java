package dev.lockstep.conversations.suspend;

import static dev.lockstep.conversations.fixture.Setting.signingSuite;
import static dev.lockstep.testkit.TestServers.config;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.SchemeSignatures;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureFamily;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a key is given to sign, in each of the forms in which tokens take it. */
class SignatureInputFormatsTest {

    /** RFC 8017 9.2, note 1: the DER in front of the hash value. */
    private static final Map<String, String> DIGEST_INFO_PREFIX = Map.of(
            "SHA-1", "3021300906052b0e03021a05000414",
            "SHA-224", "302d300d06096086480165030402040500041c",
            "SHA-256", "3031300d060960864801650304020105000420",
            "SHA-384", "3041300d060960864801650304020205000430",
            "SHA-512", "3051300d060960864801650304020305000440");

    static Stream<Arguments> everySchemeWithItsKeys() {
        return Stream.of(SignatureScheme.values()).flatMap(scheme -> Stream.of(TestIdentity.values())
                .filter(identity -> identity != TestIdentity.CA
                        && !identity.name().endsWith("OTHER")
                        && SchemeSignatures.fits(scheme, identity))
                .map(identity -> Arguments.of(scheme, identity)));
    }

    private static SignRequest requestOf(SignatureScheme scheme, RecordingKey key, TestIdentity identity, Forms forms) {
        ClientOptions options = ClientOptions.offering(signingSuite(identity)).schemes(scheme);
        Conversation conversation = Conversation.of(config(key.credential()), options, forms);
        conversation.completes();
        assertThat(conversation.client().scheme()).isEqualTo(scheme.code());
        SignRequest request = key.operation().signRequest();
        assertThat(request.message())
                .startsWith(Bytes.concat(
                        conversation.client().clientRandom(),
                        conversation.client().serverRandom()));
        key.assertDisciplined();
        return request;
    }

    @ParameterizedTest(name = "{0} with {1}")
    @MethodSource("everySchemeWithItsKeys")
    void messageDigestAndDigestInfoAgree(SignatureScheme scheme, TestIdentity identity)
            throws GeneralSecurityException {
        SignRequest request = requestOf(scheme, new RecordingKey(identity), identity, Forms.PLAIN);
        assertThat(request.scheme()).isEqualTo(scheme);
        String hash = scheme.hash().digestName();
        if (hash.isEmpty()) {
            // EdDSA signs the message; there is no digest to give
            assertThatThrownBy(request::digest).isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(request::digestInfo).isInstanceOf(UnsupportedOperationException.class);
            return;
        }
        byte[] digest = MessageDigest.getInstance(hash).digest(request.message());
        assertThat(request.digest()).isEqualTo(digest);
        if (scheme.family() == SignatureFamily.RSA_PKCS1) {
            byte[] prefix = HexFormat.of().parseHex(DIGEST_INFO_PREFIX.get(hash));
            assertThat(request.digestInfo()).isEqualTo(Bytes.concat(prefix, digest));
        } else {
            assertThatThrownBy(request::digestInfo).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    /** Tokens that do without the message: NONEwithRSA over the DigestInfo, NONEwithECDSA over the digest. */
    @ParameterizedTest(name = "{0} with {1}")
    @MethodSource("everySchemeWithItsKeys")
    void aTokenCanSignFromTheFormItTakes(SignatureScheme scheme, TestIdentity identity) {
        for (Forms forms : Forms.all().toList()) {
            RecordingKey key = new RecordingKey(identity)
                    .signs(forms.script())
                    .signer((request, message) -> signFromForm(request, identity.privateKey()));
            requestOf(scheme, key, identity, forms);
        }
    }

    private static byte[] signFromForm(SignRequest request, PrivateKey key) {
        try {
            if (request.scheme().family() == SignatureFamily.RSA_PKCS1) {
                return none("NONEwithRSA", key, request.digestInfo());
            }
            if (request.scheme().family() == SignatureFamily.ECDSA) {
                byte[] der = none("NONEwithECDSA", key, request.digest());
                assertThat(der[0]).as("a DER SEQUENCE").isEqualTo((byte) 0x30);
                return der;
            }
            return SchemeSignatures.sign(request.scheme(), key, request.message());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] none(String algorithm, PrivateKey key, byte[] input) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(input);
        return signature.sign();
    }

    @ParameterizedTest(name = "{0} with {1}")
    @MethodSource("everySchemeWithItsKeys")
    void theAccessorsGiveCopies(SignatureScheme scheme, TestIdentity identity) {
        SignRequest request = requestOf(scheme, new RecordingKey(identity), identity, Forms.PLAIN);
        byte[] message = request.message();
        request.message()[0] ^= 1;
        assertThat(request.message()).isEqualTo(message);
    }
}
