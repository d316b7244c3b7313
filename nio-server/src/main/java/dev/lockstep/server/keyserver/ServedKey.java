package dev.lockstep.server.keyserver;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.hash.Prf;
import dev.lockstep.crypto.rsa.RsaPremaster;
import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.Message.DecryptForm;
import dev.lockstep.keys.keyserver.protocol.Message.Failure;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.ProviderException;
import java.util.List;
import java.util.OptionalLong;

/** A key with the answers that the protocol gives. Safe for any number of threads, as its key is. */
public final class ServedKey {

    private final String name;
    private final BlockingKey key;
    private final int modulusLength;
    private final byte[] replacementSecret;

    /**
     * @param name for people: the file, the token
     * @param key does the work, on the thread that asks
     * @param modulusLength bytes of an RSA modulus, 0 for every other kind
     * @param replacementSecret what replaced premaster secrets come from; the same as long as the key is, if possible
     */
    public ServedKey(String name, BlockingKey key, int modulusLength, byte[] replacementSecret) {
        this.name = name;
        this.key = key;
        this.modulusLength = modulusLength;
        this.replacementSecret = replacementSecret.clone();
    }

    Outcome sign(Message.Sign request) {
        SignatureScheme scheme = SignatureScheme.of(request.scheme());
        // Keys here sign messages; what hashes elsewhere is not served.
        if (scheme == null
                || request.form() != Message.SignForm.MESSAGE
                || !key.signatureSchemes().contains(scheme)) {
            return Outcome.failed(Failure.UNSUPPORTED);
        }
        try {
            byte[] signature =
                    key.sign(new SignRequest(scheme, request.input().bytes(), List.of(), null, OptionalLong.empty()));
            return Outcome.done(signature);
        } catch (OperationException e) {
            return Outcome.failed(failure(e));
        } catch (InvalidKeyException e) {
            return Outcome.failed(Failure.UNSUPPORTED); // its size or parameters are not for this scheme
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            // boundary: whatever a key or its device throws is an operation that failed, and that the log tells
            return Outcome.failed(Failure.FAILED);
        }
    }

    Outcome decrypt(Message.Decrypt request) {
        byte[] ciphertext = request.ciphertext().bytes();
        // RFC 5246 7.4.7.1: the length is public, and so is which kind of key this is.
        if (!key.canDecrypt() || ciphertext.length != modulusLength) {
            return Outcome.failed(Failure.UNSUPPORTED);
        }
        return request.form() == DecryptForm.RAW ? raw(ciphertext) : orReplacement(ciphertext);
    }

    private Outcome raw(byte[] ciphertext) {
        try {
            byte[] block = decrypt(ciphertext);
            if (block.length == modulusLength) {
                return Outcome.done(block);
            }
            Wipe.bytes(block);
        } catch (OperationException e) {
            return Outcome.failed(failure(e));
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            // boundary, as above; falls through on purpose, see below
        }
        // A token that unpads by itself: good padding gives a shorter result and bad padding an exception. They must
        // not differ in the answer.
        return Outcome.failed(Failure.FAILED);
    }

    /**
     * RFC 5246 7.4.7.1: "In any case, a TLS server MUST NOT generate an alert if processing an RSA-encrypted premaster
     * secret message fails". The version inside is left to whoever
     * knows ClientHello. What replaces a secret depends on the ciphertext alone, or the same question asked twice would
     * tell good padding from bad.
     */
    private Outcome orReplacement(byte[] ciphertext) {
        byte[] replacement =
                Prf.sha256().derive(replacementSecret, "lockstep replaced premaster", ciphertext, RsaPremaster.LENGTH);
        byte[] block = null;
        try {
            block = decrypt(ciphertext);
            return Outcome.done(
                    block.length == modulusLength
                            ? RsaPremaster.unpad(block, anyVersion(block), replacement)
                            : RsaPremaster.check(block, anyVersion(block), replacement));
        } catch (OperationException e) {
            return Outcome.failed(failure(e));
        } catch (GeneralSecurityException | ProviderException e) {
            // May be the padding, in a token that unpads by itself, whatever it is called.
            return Outcome.done(replacement.clone());
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) { // boundary, as above
            return Outcome.failed(Failure.FAILED);
        } finally {
            Wipe.bytes(replacement, block);
        }
    }

    private byte[] decrypt(byte[] ciphertext) throws Exception {
        return key.decrypt(new DecryptRequest(ciphertext, List.of(), null, OptionalLong.empty()));
    }

    /** The version that stands where a premaster secret of right length has one: equal to itself, so always right. */
    private static int anyVersion(byte[] block) {
        int at = block.length - RsaPremaster.LENGTH;
        return at < 0 ? 0 : (block[at] & 0xFF) << 8 | (block[at + 1] & 0xFF);
    }

    private static Failure failure(OperationException e) {
        return switch (e.reason()) {
            case UNSUPPORTED -> Failure.UNSUPPORTED;
            case KEY_UNAVAILABLE -> Failure.KEY_UNAVAILABLE;
            case REJECTED -> Failure.REJECTED;
            case TIMED_OUT -> Failure.TIMED_OUT;
            case INVALID_OUTPUT -> Failure.FAILED;
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
