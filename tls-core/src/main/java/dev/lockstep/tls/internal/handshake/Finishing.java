package dev.lockstep.tls.internal.handshake;

import dev.lockstep.crypto.ConstantTime;
import dev.lockstep.tls.internal.message.Finished;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;

/** The end of a handshake: each side proves that it saw the same messages and made the same secret. */
final class Finishing {

    private static final String CLIENT_FINISHED = "client finished";
    private static final String SERVER_FINISHED = "server finished";

    private Finishing() {}

    static void onChangeCipherSpec(HandshakeContext context, WireReader none) {
        context.output().activateReadState();
    }

    static State onFinished(HandshakeContext context, WireReader body) {
        verifyFinished(context, body);
        // RFC 5077 3.3-3: "In the case of a full handshake, the server MUST verify the client's Finished message before
        // sending the ticket."
        return context.newSession().ticket() ? State.SEND_NEW_SESSION_TICKET : State.SEND_CHANGE_CIPHER_SPEC;
    }

    static void verifyFinished(HandshakeContext context, WireReader body) {
        Finished finished = Finished.parse(body);
        byte[] expected = context.masterSecret()
                .verifyData(CLIENT_FINISHED, context.transcript().snapshot());
        // RFC 5246 7.4.9-1: "Recipients of Finished messages MUST verify that the contents are correct."
        if (!ConstantTime.equal(expected, finished.verifyData())) {
            throw FatalAlert.decryptError("the client's Finished does not match this handshake");
        }
        context.clientFinished(expected);
        context.reportMaskedFailure();
    }

    static void sendChangeCipherSpec(HandshakeContext context, WireReader none) {
        context.output().sendChangeCipherSpec();
    }

    static void sendFinished(HandshakeContext context, WireReader none) {
        byte[] verifyData = context.masterSecret()
                .verifyData(SERVER_FINISHED, context.transcript().snapshot());
        context.send(new Finished(verifyData).encode());
        context.serverFinished(verifyData);
        context.keepSession();
    }
}
