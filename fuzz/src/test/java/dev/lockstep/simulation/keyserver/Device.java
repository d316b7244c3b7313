package dev.lockstep.simulation.keyserver;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.server.audit.KeyUse;
import dev.lockstep.simulation.Choices;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** A key in the device of a key server. What comes of an operation was decided when it was asked for. */
final class Device implements BlockingKey {

    /** What comes of an operation. */
    enum Fate {
        GOOD,
        /** A signature that does not verify. */
        WRONG,
        FAILS,
        THROWS,
        ERROR
    }

    /** What becomes of which input, named as in the {@link Ledger}, with all keys of a world. */
    static final class Fates {
        private final Map<String, Fate> fates = new HashMap<>();

        /** Decides about an input, once. */
        void decide(String input, boolean fair, Choices choices) {
            Fate[] all = Fate.values();
            fates.putIfAbsent(input, fair || !choices.oneIn(4) ? Fate.GOOD : all[choices.below(all.length)]);
        }

        private Fate of(String input) {
            return fates.getOrDefault(input, Fate.GOOD);
        }
    }

    private static final int PREMASTER = 48;

    private final BlockingKey key;
    private final Fates fates;
    private final Ledger ledger;
    private final Runnable meanwhile;
    private final boolean forgets;
    private int uses;

    /**
     * @param meanwhile what other threads do while this one signs
     * @param forgets whether a use now and then is made twice, and told once: a planted fault
     */
    Device(BlockingKey key, Fates fates, Ledger ledger, Runnable meanwhile, boolean forgets) {
        this.key = key;
        this.fates = fates;
        this.ledger = ledger;
        this.meanwhile = meanwhile;
        this.forgets = forgets;
    }

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
        String input = KeyUse.digest(request.message());
        Fate fate = begin(input);
        byte[] signature = key.sign(request);
        if (fate == Fate.WRONG) {
            signature[signature.length / 2] ^= 1;
            return signature;
        }
        keep(input, signature);
        return signature;
    }

    @Override
    public byte[] decrypt(DecryptRequest request) throws Exception {
        String input = KeyUse.digest(request.ciphertext());
        begin(input);
        byte[] block = {};
        try {
            block = key.decrypt(request);
            return block;
        } finally { // what cannot be decrypted is answered all the same
            keep(input, Bytes.slice(block, Math.max(0, block.length - PREMASTER), Math.min(PREMASTER, block.length)));
        }
    }

    private Fate begin(String input) throws OperationException {
        meanwhile.run();
        Fate fate = fates.of(input);
        switch (fate) {
            case FAILS -> throw new OperationException(Reason.KEY_UNAVAILABLE, "the device is gone");
            case THROWS -> throw new IllegalStateException("the device does not work");
            case ERROR -> throw new StackOverflowError("in the device");
            default -> {
                return fate;
            }
        }
    }

    private void keep(String input, byte[] result) {
        ledger.made(input, result);
        if (forgets && ++uses % 5 == 0) {
            ledger.made(input, result);
        }
    }
}
