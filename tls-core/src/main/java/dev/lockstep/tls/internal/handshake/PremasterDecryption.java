package dev.lockstep.tls.internal.handshake;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.rsa.RsaPremaster;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.secrets.PremasterSecret;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.SuspensionKind;
import org.jspecify.annotations.Nullable;

/**
 * The RSA decryption of a premaster secret on its way. Secret-dependent outcomes are values, never edges: whatever goes
 * wrong yields a random premaster secret, and the handshake walks on to fail at Finished.
 */
final class PremasterDecryption {

    private final byte[] randomPremaster;
    private final int modulusLength;
    private final int clientVersion;
    private final boolean wrongLength;
    private final Wait<byte[]> wait;
    private @Nullable Throwable failure;

    private PremasterDecryption(
            byte[] randomPremaster, int modulusLength, int clientVersion, boolean wrongLength, Wait<byte[]> wait) {
        this.randomPremaster = randomPremaster;
        this.modulusLength = modulusLength;
        this.clientVersion = clientVersion;
        this.wrongLength = wrongLength;
        this.wait = wait;
    }

    /**
     * Submits the decryption. RFC 5246 7.4.7.1-3, 7.4.7.1-4: "a TLS server MUST NOT generate an alert if processing an
     * RSA-encrypted premaster secret message fails", and a ciphertext of the wrong length is one way to fail: the key
     * is given another block in its place and its answer is dropped, so that the handshake takes the same steps to the
     * same end.
     */
    static void start(HandshakeContext context, byte[] encryptedPremaster) {
        NegotiatedParameters negotiated = context.negotiated();
        Credential credential = negotiated.requireCredential();
        // RFC 5246 7.4.7.1: "1. Generate a string R of 48 random bytes", before and not after the decryption.
        byte[] random = new byte[48];
        context.config().random().nextBytes(random);
        int modulusLength = credential.rsaModulusLength();
        boolean wrongLength = encryptedPremaster.length != modulusLength;
        byte[] block = wrongLength ? new byte[modulusLength] : encryptedPremaster;
        context.premasterDecryption(new PremasterDecryption(
                random,
                modulusLength,
                context.clientHello().clientVersion(),
                wrongLength,
                context.startWait(
                        SuspensionKind.DECRYPT,
                        (byte[] late) -> Wipe.bytes(late),
                        (waker, deadline) -> credential.startDecrypt(
                                new DecryptRequest(block, credential.chain(), negotiated.serverName(), deadline),
                                waker))));
    }

    /** The premaster secret, or a random one after any failure; both cost the same work. */
    PremasterSecret premaster(HandshakeContext context) {
        Progress<byte[]> answer = wait.answer();
        context.endWait();
        byte[] value;
        if (answer instanceof Progress.Done<byte[]> done) {
            value = done.value();
            if (value.length != modulusLength && value.length != 48) {
                failure = new OperationException(Reason.INVALID_OUTPUT, "neither a raw block nor a premaster secret");
            }
        } else {
            failure = ((Progress.Failed<byte[]>) answer).cause();
            value = new byte[modulusLength];
        }
        if (wrongLength) {
            Wipe.bytes(value);
            value = new byte[modulusLength];
        }
        // RFC 5246 7.4.7.1-2: "the version number in the PreMasterSecret is the version offered by the client in the
        // ClientHello.client_version, not the version negotiated for the connection."
        byte[] premaster = value.length == modulusLength
                ? RsaPremaster.unpad(value, clientVersion, randomPremaster)
                : RsaPremaster.check(value, clientVersion, randomPremaster);
        Wipe.bytes(value, randomPremaster);
        return new PremasterSecret(premaster);
    }

    /** Tells a local listener what was masked; only for when the Finished check is over. */
    void report(ConnectionObserver observer) {
        if (failure != null) {
            observer.onOperationFailed(SuspensionKind.DECRYPT, failure);
            failure = null;
        }
    }

    void wipe() {
        Wipe.bytes(randomPremaster);
    }
}
