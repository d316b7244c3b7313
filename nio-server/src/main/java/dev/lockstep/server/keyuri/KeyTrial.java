package dev.lockstep.server.keyuri;

import dev.lockstep.keys.keyserver.SelectorDriven;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureHash;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * Tries a key out once before clients depend on it: a key that is listed may still refuse to sign, want a PIN for each use,
 * or belong to another certificate. Blocks its thread.
 */
final class KeyTrial {

    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long TURN_MILLIS = 100;

    private static final int PREMASTER = 48;

    /** Asks the credential to do its one operation. */
    @FunctionalInterface
    private interface Question {
        Start<byte[]> start(Waker waker) throws Exception;
    }

    private final Credential credential;
    private final @Nullable SelectorDriven holder;
    private final SecureRandom random = new SecureRandom();

    private KeyTrial(Credential credential, @Nullable SelectorDriven holder) {
        this.credential = credential;
        this.holder = holder;
    }

    /**
     * Has the key sign once, or decrypt if it only does that.
     *
     * @param holder what has to be driven for the answer to come; null for keys with threads of their own
     * @throws OperationException when it does not, or with another key than the certificate's
     */
    static void run(Credential credential, @Nullable SelectorDriven holder) throws OperationException {
        KeyTrial trial = new KeyTrial(credential, holder);
        if (!credential.signatureSchemes().isEmpty()) {
            trial.sign(trial.scheme());
        } else if (credential.canDecrypt()) {
            trial.decrypt();
        }
    }

    private SignatureScheme scheme() {
        return credential.signatureSchemes().stream()
                .filter(scheme -> scheme.hash() != SignatureHash.SHA1)
                .sorted()
                .findFirst()
                .orElseGet(() -> credential.signatureSchemes().iterator().next());
    }

    private void sign(SignatureScheme scheme) throws OperationException {
        byte[] message = message();
        byte[] signature = answer(waker -> credential.startSign(
                new SignRequest(scheme, message, credential.chain(), null, OptionalLong.empty()), waker));
        if (!credential.verifies(scheme, message, signature)) {
            throw new OperationException(
                    Reason.INVALID_OUTPUT, "its signature does not fit the certificate: it is another key");
        }
    }

    /**
     * What a server signs in ServerKeyExchange, since key servers sign nothing else. No client can be deceived with it:
     * where its random would be stands a text, short enough that a key server does not take the whole for a document.
     */
    private byte[] message() {
        byte[] key = new byte[32];
        random.nextBytes(key);
        return ByteBuffer.allocate(2 * 32 + 4 + key.length)
                .put("a trial, for no client".getBytes(StandardCharsets.US_ASCII))
                .position(32)
                .put("before a server uses it".getBytes(StandardCharsets.US_ASCII))
                .position(64)
                .put(new byte[] {3, 0, 29, (byte) key.length}) // named_curve, x25519
                .put(key)
                .array();
    }

    private void decrypt() throws OperationException {
        byte[] premaster = new byte[PREMASTER];
        random.nextBytes(premaster);
        premaster[0] = 3;
        premaster[1] = 3;
        byte[] ciphertext;
        try {
            Cipher rsa = Cipher.getInstance("RSA/ECB/PKCS1Padding");
            rsa.init(Cipher.ENCRYPT_MODE, credential.certificate().getPublicKey());
            ciphertext = rsa.doFinal(premaster);
        } catch (GeneralSecurityException e) {
            throw new OperationException(Reason.UNSUPPORTED, "nothing can be encrypted for this certificate", e);
        }
        byte[] answer = answer(waker -> credential.startDecrypt(
                new DecryptRequest(ciphertext, credential.chain(), null, OptionalLong.empty()), waker));
        // The secret alone, or the block that ends with it.
        int from = answer.length - PREMASTER;
        if (from < 0 || !Arrays.equals(answer, from, answer.length, premaster, 0, PREMASTER)) {
            throw new OperationException(
                    Reason.INVALID_OUTPUT,
                    "it decrypts something else than the certificate encrypts: it is another key");
        }
    }

    private byte[] answer(Question question) throws OperationException {
        try (Selector selector = Selector.open()) {
            if (holder != null) {
                holder.register(selector);
            }
            Start<byte[]> start = question.start(selector::wakeup);
            if (start instanceof Start.Ready<byte[]> ready) {
                return await(ready.operation(), selector);
            }
            if (start instanceof Start.InProgress<byte[]> started) {
                return await(started.operation(), selector);
            }
            throw failure(start instanceof Start.Failed<byte[]> failed ? failed.cause() : null);
        } catch (IOException e) {
            throw new OperationException(Reason.KEY_UNAVAILABLE, "it cannot be tried: " + e.getMessage(), e);
        } catch (OperationException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted();
        } catch (Exception e) { // boundary: what a key throws is a failure of the key
            throw failure(e);
        }
    }

    private static OperationException interrupted() {
        return new OperationException(Reason.KEY_UNAVAILABLE, "the trial was interrupted");
    }

    private byte[] await(PendingOperation<byte[]> operation, Selector selector) throws Exception {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (System.nanoTime() - end < 0) {
            Progress<byte[]> progress = operation.resume();
            if (progress instanceof Progress.Done<byte[]> done) {
                return done.value();
            }
            if (progress instanceof Progress.Failed<byte[]> failed) {
                throw failure(failed.cause());
            }
            if (Thread.currentThread().isInterrupted()) { // with which a selector waits for nothing
                operation.cancel();
                throw interrupted();
            }
            selector.select(
                    key -> {
                        if (holder != null) {
                            holder.onReady(key);
                        }
                    },
                    TURN_MILLIS);
            if (holder != null) {
                holder.tick(System.nanoTime());
            }
        }
        operation.cancel();
        throw new OperationException(
                Reason.TIMED_OUT, "it gave no answer in " + TimeUnit.NANOSECONDS.toSeconds(LIMIT_NANOS) + " s");
    }

    private static OperationException failure(@Nullable Throwable cause) {
        if (cause instanceof OperationException known) {
            return known;
        }
        String text = cause == null ? "it leaves the work to a local key" : "it failed (" + cause + ")";
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (String.valueOf(each.getMessage()).startsWith("CKR_USER_NOT_LOGGED_IN")) {
                text =
                        "the token wants its PIN for each use of this key (CKA_ALWAYS_AUTHENTICATE), which is not possible"
                                + " here";
            }
        }
        return new OperationException(Reason.KEY_UNAVAILABLE, text);
    }
}
