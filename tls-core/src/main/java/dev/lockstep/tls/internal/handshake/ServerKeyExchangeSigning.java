package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.SuspensionKind;

/** The signature of ServerKeyExchange on its way: submitted in one state, awaited in the next, checked, then sent. */
final class ServerKeyExchangeSigning {

    private final byte[] message;
    private final Wait<byte[]> wait;

    private ServerKeyExchangeSigning(byte[] message, Wait<byte[]> wait) {
        this.message = message;
        this.wait = wait;
    }

    /**
     * Submits the signature.
     *
     * @param params the encoded ServerDHParams or ServerECDHParams
     */
    static void start(HandshakeContext context, byte[] params, SignatureScheme scheme) {
        NegotiatedParameters negotiated = context.negotiated();
        Credential credential = negotiated.requireCredential();
        byte[] message = signedMessage(negotiated, params);
        context.signing(new ServerKeyExchangeSigning(
                message,
                context.startWait(
                        SuspensionKind.SIGN,
                        late -> {},
                        (waker, deadline) -> credential.startSign(
                                new SignRequest(scheme, message, credential.chain(), negotiated.serverName(), deadline),
                                waker))));
    }

    /** The signature, checked; every failure is internal_error, since the client can do nothing about it. */
    byte[] signature(HandshakeContext context, SignatureScheme scheme) {
        Progress<byte[]> answer = wait.answer();
        context.endWait();
        if (answer instanceof Progress.Done<byte[]> done) {
            if (isGood(context, scheme, done.value())) {
                return done.value();
            }
            answer = Progress.failed(new OperationException(
                    Reason.INVALID_OUTPUT, "the signature does not verify with the certificate's public key"));
        }
        Throwable cause = ((Progress.Failed<byte[]>) answer).cause();
        context.config().observer().onOperationFailed(SuspensionKind.SIGN, cause);
        throw FatalAlert.internalError("ServerKeyExchange could not be signed", cause);
    }

    /** A faulty signature is worse than none: with RSA-CRT it gives the key away. */
    private boolean isGood(HandshakeContext context, SignatureScheme scheme, byte[] signature) {
        Credential credential = context.negotiated().requireCredential();
        int modulusLength = credential.rsaModulusLength();
        if (signature.length == 0 || (modulusLength > 0 && signature.length != modulusLength)) {
            return false;
        }
        return !credential.isExternal()
                || !context.config().verifyExternalSignatures()
                || credential.verifies(scheme, message, signature);
    }

    /** RFC 5246 7.4.3, RFC 8422 2.1-2: the signature covers client_random, server_random and params. */
    private static byte[] signedMessage(NegotiatedParameters negotiated, byte[] params) {
        byte[] message = new byte[64 + params.length];
        System.arraycopy(negotiated.clientRandom().bytes(), 0, message, 0, 32);
        System.arraycopy(negotiated.serverRandom().bytes(), 0, message, 32, 32);
        System.arraycopy(params, 0, message, 64, params.length);
        return message;
    }
}
