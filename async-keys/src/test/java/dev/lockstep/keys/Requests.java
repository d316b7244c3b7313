package dev.lockstep.keys;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.OptionalLong;
import java.util.Set;

/** Requests as a connection would make them. */
public final class Requests {

    private Requests() {}

    public static SignRequest sign() {
        return new SignRequest(
                SignatureScheme.ECDSA_SECP256R1_SHA256, new byte[100], Identity.EC.chain(), null, OptionalLong.empty());
    }

    public static DecryptRequest decrypt() {
        return new DecryptRequest(new byte[256], Identity.RSA.chain(), null, OptionalLong.empty());
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
