package dev.lockstep.server.keyserver;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.hash.Prf;
import dev.lockstep.crypto.rsa.RsaPremaster;
import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.Message.Failure;
import dev.lockstep.server.keyserver.policy.ServerKeyExchangeInput;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.key.SignatureCheck;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.interfaces.RSAKey;
import java.util.List;
import java.util.OptionalLong;

/** A key with the answers that the protocol gives. Safe for any number of threads, as its key is. */
public final class ServedKey {

    /**
     * The version in every premaster secret for a TLS 1.2 server: RFC 8446 4.1.2 keeps ClientHello.client_version at it
     * for newer clients too, and a TLS 1.2 server refuses older ones.
     */
    private static final int TLS_1_2 = 0x0303;

    private final String name;
    private final BlockingKey key;
    private final int modulusLength;
    private final SignatureCheck check;
    private final byte[] replacementSecret;
    private final boolean decrypts;
    private final boolean dhe;
    private final boolean inToken;

    /**
     * @param name for people: the file, the token
     * @param key does the work, on the thread that asks
     * @param publicKey the key's public half, with which every signature is verified
     * @param replacementSecret what replaced premaster secrets come from; the same as long as the key is, if possible
     * @param decrypts whether it answers premaster secrets, if it is able to
     */
    public ServedKey(String name, BlockingKey key, PublicKey publicKey, byte[] replacementSecret, boolean decrypts) {
        this.name = name;
        this.key = key;
        this.modulusLength = publicKey instanceof RSAKey rsa ? (rsa.getModulus().bitLength() + 7) / 8 : 0;
        this.check = SignatureCheck.of(publicKey);
        this.replacementSecret = replacementSecret.clone();
        this.decrypts = decrypts && modulusLength > 0 && key.canDecrypt();
        this.dhe = false;
        this.inToken = false;
    }

    private ServedKey(ServedKey that, boolean decrypts, boolean dhe, boolean inToken) {
        this.name = that.name;
        this.key = that.key;
        this.modulusLength = that.modulusLength;
        this.check = that.check;
        this.replacementSecret = that.replacementSecret;
        this.decrypts = decrypts;
        this.dhe = dhe;
        this.inToken = inToken;
    }

    /** The same key without decryptions. */
    ServedKey signingOnly() {
        return decrypts ? new ServedKey(this, false, dhe, inToken) : this;
    }

    /** The same key, which signs for DHE suites too if it is an RSA key: no other kind does (RFC 5246 7.4.3). */
    public ServedKey allowingDhe() {
        return new ServedKey(this, decrypts, modulusLength > 0, inToken);
    }

    /** The same key, as one of a token, which has threads of its own. */
    public ServedKey inToken() {
        return new ServedKey(this, decrypts, dhe, true);
    }

    /** Whether a token holds it. */
    boolean isInToken() {
        return inToken;
    }

    /** Whether it answers premaster secrets. */
    boolean decrypts() {
        return decrypts;
    }

    /**
     * Answers a signature that was verified here, which version 3 of the protocol promises: clients that do not verify must
     * not send a wrong one, and a faulty one may give the key away.
     */
    Outcome sign(Message.Sign request) {
        byte[] input = request.input().bytes();
        if (!ServerKeyExchangeInput.isWellFormed(input, dhe)) {
            // The log tells the operator which of the refusals an option would lift.
            boolean wouldBe = modulusLength > 0 && ServerKeyExchangeInput.isWellFormed(input, true);
            return Outcome.refused(wouldBe ? "dhe" : "policy");
        }
        SignatureScheme scheme = SignatureScheme.of(request.scheme());
        // Collisions of SHA-1 can be computed: a signature over one input would be one over another too.
        if (scheme == null || scheme.hash().isShort() || !key.signatureSchemes().contains(scheme)) {
            return Outcome.failed(Failure.UNSUPPORTED);
        }
        try {
            SignRequest toSign = new SignRequest(scheme, input, List.of(), null, OptionalLong.empty(), null, check);
            byte[] signature = key.sign(toSign);
            return toSign.verifies(signature) ? Outcome.done(signature) : Outcome.failed(Failure.FAILED);
        } catch (OperationException e) {
            return Outcome.failed(failure(e));
        } catch (InvalidKeyException e) {
            return Outcome.failed(Failure.UNSUPPORTED); // its size or parameters are not for this scheme
        } catch (Exception | Error e) {
            // boundary: whatever a key or its device throws is an operation that failed, and that the log tells
            return Outcome.failed(Failure.FAILED);
        }
    }

    /**
     * Answers 48 bytes whatever the block holds. RFC 5246 7.4.7.1: "In any case, a TLS server MUST NOT generate an alert if
     * processing an RSA-encrypted premaster secret message fails, or the version number is not as expected." What replaces
     * a secret depends on the ciphertext alone, or the same question asked twice would tell good padding from bad; and it
     * begins with the version that secrets have, or its first two bytes would tell.
     */
    Outcome decrypt(Message.Decrypt request) {
        byte[] ciphertext = request.ciphertext().bytes();
        // RFC 5246 7.4.7.1: the length is public, and so is which kind of key this is.
        if (!key.canDecrypt() || ciphertext.length != modulusLength) {
            return Outcome.failed(Failure.UNSUPPORTED);
        }
        if (!decrypts) {
            return Outcome.refused("policy");
        }
        byte[] replacement =
                Prf.sha256().derive(replacementSecret, "lockstep replaced premaster", ciphertext, RsaPremaster.LENGTH);
        replacement[0] = TLS_1_2 >> 8;
        replacement[1] = TLS_1_2 & 0xFF;
        byte[] block = null;
        try {
            block = decrypt(ciphertext);
            return Outcome.done(
                    block.length == modulusLength
                            ? RsaPremaster.unpad(block, TLS_1_2, replacement)
                            : RsaPremaster.check(block, TLS_1_2, replacement));
        } catch (OperationException e) {
            return Outcome.failed(failure(e));
        } catch (GeneralSecurityException | ProviderException e) {
            // May be the padding, in a token that unpads by itself, whatever it is called.
            return Outcome.done(replacement.clone());
        } catch (Exception | Error e) { // boundary, as above
            return Outcome.failed(Failure.FAILED);
        } finally {
            Wipe.bytes(replacement, block);
        }
    }

    private byte[] decrypt(byte[] ciphertext) throws Exception {
        return key.decrypt(new DecryptRequest(ciphertext, List.of(), null, OptionalLong.empty()));
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
