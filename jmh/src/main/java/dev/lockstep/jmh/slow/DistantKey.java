package dev.lockstep.jmh.slow;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.Set;

/** A device's key: its work is not the server's, and what it signs is still to be verified. */
record DistantKey(BlockingKey key) implements BlockingKey {

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
        return ProcessorTime.ofKey(() -> key.sign(request));
    }

    @Override
    public byte[] decrypt(DecryptRequest request) throws Exception {
        return ProcessorTime.ofKey(() -> key.decrypt(request));
    }
}
