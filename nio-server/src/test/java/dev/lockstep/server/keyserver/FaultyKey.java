package dev.lockstep.server.keyserver;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.Set;

/** A key whose signatures have one bit changed, as by a fault in the middle of the computation. */
record FaultyKey(BlockingKey key) implements BlockingKey {

    @Override
    public Set<SignatureScheme> signatureSchemes() {
        return key.signatureSchemes();
    }

    @Override
    public boolean canDecrypt() {
        return key.canDecrypt();
    }

    @Override
    public byte[] sign(SignRequest request) throws Exception {
        byte[] signature = key.sign(request);
        signature[signature.length - 1] ^= 1;
        return signature;
    }

    @Override
    public byte[] decrypt(DecryptRequest request) throws Exception {
        return key.decrypt(request);
    }
}
