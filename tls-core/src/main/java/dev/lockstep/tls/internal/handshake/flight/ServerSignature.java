package dev.lockstep.tls.internal.handshake.flight;

import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.util.OptionalLong;

/** The signature of ServerKeyExchange: asked of the credential's key, checked, then sent with the message. */
public final class ServerSignature {

    private ServerSignature() {}

    /** Asks the credential's key. */
    public static Start<byte[]> ask(Handshake handshake, Waker waker, OptionalLong deadlineNanos) throws Exception {
        Agreement agreement = handshake.agreement.get();
        Credential credential = agreement.requireCredential();
        return credential.startSign(
                new SignRequest(
                        agreement.requireSignatureScheme(),
                        signedMessage(handshake),
                        credential.chain(),
                        agreement.serverName(),
                        deadlineNanos,
                        handshake.config.clientAddress()),
                waker,
                handshake.config.cryptoProviders().sources());
    }

    /** A faulty signature is worse than none: with RSA-CRT it gives the key away. */
    public static void onSignature(Handshake handshake, byte[] signature) {
        if (!isGood(handshake, signature)) {
            OperationException cause = new OperationException(
                    Reason.INVALID_OUTPUT, "the signature does not verify with the certificate's public key");
            handshake.config.observer().onOperationFailed(SuspensionKind.SIGN, cause);
            throw FatalAlert.internalError("ServerKeyExchange could not be signed", cause);
        }
        handshake.signature.set(signature);
    }

    private static boolean isGood(Handshake handshake, byte[] signature) {
        Agreement agreement = handshake.agreement.get();
        Credential credential = agreement.requireCredential();
        int modulusLength = credential.rsaModulusLength();
        if (signature.length == 0 || (modulusLength > 0 && signature.length != modulusLength)) {
            return false;
        }
        return !credential.isExternal()
                || !handshake.config.verifyExternalSignatures()
                || credential.verifies(
                        agreement.requireSignatureScheme(),
                        signedMessage(handshake),
                        signature,
                        handshake.config.cryptoProviders().sources());
    }

    /** RFC 5246 7.4.3, RFC 8422 2.1-2: the signature covers client_random, server_random and params. */
    private static byte[] signedMessage(Handshake handshake) {
        Agreement agreement = handshake.agreement.get();
        byte[] params = handshake.keys.share.get().params();
        return new WireWriter(64 + params.length)
                .bytes(agreement.clientRandom().bytes())
                .bytes(agreement.serverRandom().bytes())
                .bytes(params)
                .toByteArray();
    }
}
