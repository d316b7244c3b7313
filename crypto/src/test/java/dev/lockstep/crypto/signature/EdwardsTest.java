package dev.lockstep.crypto.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.crypto.TestKeys;
import dev.lockstep.crypto.VectorFile;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EdwardsTest {
    @Test
    void signaturesAreThoseOfRfc8032() throws Exception {
        // RFC 8422 5.10-5, 5.10-6
        List<VectorFile.Row> rows = VectorFile.rows("rfc8032.txt");
        assertThat(rows).hasSize(13);
        for (VectorFile.Row row : rows) {
            SignatureAlgorithm algorithm = SignatureAlgorithm.valueOf(row.text(1));
            EdwardsSigningKey key = new EdwardsSigningKey(algorithm, row.bytes(2));
            assertThat(key.sign(algorithm, row.bytes(4))).as(row.toString()).isEqualTo(row.bytes(5));
            EdwardsVerificationKey publicKey = publicKey(algorithm, row.bytes(3));
            assertThat(publicKey.verify(algorithm, row.bytes(4), row.bytes(5)))
                    .as(row.toString())
                    .isTrue();
            byte[] longer = Arrays.copyOf(row.bytes(4), row.bytes(4).length + 1);
            assertThat(publicKey.verify(algorithm, longer, row.bytes(5))).isFalse();
        }
    }

    @Test
    void otherLengthsAreNoSignatures() throws Exception {
        LocalSigner signer = LocalSigner.of(TestKeys.ED448.getPrivate(), new SecureRandom());
        SignatureVerifier verifier = SignatureVerifier.of(TestKeys.ED448.getPublic());
        byte[] message = {1, 2, 3};
        byte[] signature = signer.sign(SignatureAlgorithm.ED448, message);
        assertThat(verifier.verify(SignatureAlgorithm.ED448, message, signature))
                .isTrue();
        for (int length : new int[] {0, 64, 113, 115}) {
            assertThat(verifier.verify(SignatureAlgorithm.ED448, message, Arrays.copyOf(signature, length)))
                    .isFalse();
        }
    }

    @Test
    void bytesThatEncodeNoPointAreNoKey() {
        byte[] ones = new byte[32];
        Arrays.fill(ones, (byte) 0xff);
        assertThat(EdwardsVerificationKey.ed25519(ones)).isNull();
        assertThat(EdwardsVerificationKey.ed25519(new byte[31])).isNull();
        assertThat(EdwardsVerificationKey.ed448(new byte[56])).isNull();
        byte[] ones448 = new byte[57];
        Arrays.fill(ones448, (byte) 0xff);
        assertThat(EdwardsVerificationKey.ed448(ones448)).isNull();
    }

    @Test
    void aDestroyedKeyIsWipedAndSignsNothing() {
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) 9);
        EdwardsSigningKey key = new EdwardsSigningKey(SignatureAlgorithm.ED25519, secret);
        key.destroy();
        assertThat(secret).containsOnly(0);
        assertThatThrownBy(() -> key.sign(SignatureAlgorithm.ED25519, new byte[1]))
                .isInstanceOf(InvalidKeyException.class);
    }

    private static EdwardsVerificationKey publicKey(SignatureAlgorithm algorithm, byte[] encoded) {
        return algorithm == SignatureAlgorithm.ED25519
                ? EdwardsVerificationKey.ed25519(encoded)
                : EdwardsVerificationKey.ed448(encoded);
    }
}
