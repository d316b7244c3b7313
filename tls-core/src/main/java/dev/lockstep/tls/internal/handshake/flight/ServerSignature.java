package dev.lockstep.tls.internal.handshake.flight;

import dev.lockstep.crypto.source.PrimitiveSources;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.OptionalLong;

/** The signature of ServerKeyExchange: asked of the credential's key, checked, then sent with the message. */
public final class ServerSignature {

    private ServerSignature() {}

    /** Asks the credential's key. */
    public static Start<byte[]> ask(Handshake handshake, Waker waker, OptionalLong deadlineNanos) throws Exception {
        Agreement agreement = handshake.agreement.get();
        Credential credential = agreement.requireCredential();
        PrimitiveSources sources = handshake.config.cryptoProviders().sources();
        SignRequest request = new SignRequest(
                agreement.requireSignatureScheme(),
                signedMessage(handshake),
                credential.chain(),
                agreement.serverName(),
                deadlineNanos,
                handshake.config.clientAddress(),
                (scheme, message, signature) -> credential.verifies(scheme, message, signature, sources));
        return CheckedSignature.start(request, credential, handshake.config, waker);
    }

    /** Keeps the signature, which has been checked, for the message. */
    public static void onSignature(Handshake handshake, byte[] signature) {
        handshake.signature.set(signature);
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
