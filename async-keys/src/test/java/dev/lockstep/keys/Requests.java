package dev.lockstep.keys;

import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.SecureRandom;
import java.util.OptionalLong;
import java.util.Set;

/** Requests as a connection would make them. */
public final class Requests {

    private Requests() {}

    public static SignRequest sign() {
        return new SignRequest(
                SignatureScheme.ECDSA_SECP256R1_SHA256,
                new byte[100],
                TestIdentity.P256.chain(),
                null,
                OptionalLong.empty());
    }

    public static DecryptRequest decrypt() {
        return new DecryptRequest(new byte[256], TestIdentity.RSA_2048.chain(), null, OptionalLong.empty());
    }

    /** The identity's key in this process. */
    public static InMemoryKey local(TestIdentity identity) {
        return InMemoryKey.of(identity.privateKey(), new SecureRandom());
    }

    /** A key for {@link #sign} and {@link #decrypt} that needs no connection and answers when a test says so. */
    public static RecordingKey recordingKey() {
        return new RecordingKey(TestIdentity.P256)
                .schemes(SignatureScheme.ECDSA_SECP256R1_SHA256)
                .canDecrypt(true)
                .withoutConnection()
                .answers(KeyScript.manual());
    }

    /** A key that does {@code work} for every operation. */
    public static BlockingKey key(Work work) {
        return new BlockingKey() {
            @Override
            public Set<SignatureScheme> signatureSchemes() {
                return Set.of(SignatureScheme.ECDSA_SECP256R1_SHA256);
            }

            @Override
            public boolean canDecrypt() {
                return true;
            }

            @Override
            public boolean verifiesSignatures() {
                return true; // what it answers is no signature
            }

            @Override
            public byte[] sign(SignRequest request) throws Exception {
                return work.run();
            }

            @Override
            public byte[] decrypt(DecryptRequest request) throws Exception {
                return work.run();
            }
        };
    }

    @FunctionalInterface
    public interface Work {
        byte[] run() throws Exception;
    }
}
