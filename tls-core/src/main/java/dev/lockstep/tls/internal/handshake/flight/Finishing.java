package dev.lockstep.tls.internal.handshake.flight;

import dev.lockstep.crypto.ConstantTime;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.message.Finished;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;

/** The end of a handshake: each side proves that it saw the same messages and made the same secret. */
public final class Finishing {

    private Finishing() {}

    public static void onChangeCipherSpec(Handshake handshake) {
        handshake.output.activateReadState();
    }

    public static void onFinished(Handshake handshake, WireReader body) {
        Finished finished = Finished.parse(body);
        byte[] expected = handshake.keys.master.get().verifyData("client finished", handshake.transcript.snapshot());
        // RFC 5246 7.4.9-1: "Recipients of Finished messages MUST verify that the contents are correct."
        if (!ConstantTime.equal(expected, finished.verifyData())) {
            throw FatalAlert.decryptError("the client's Finished does not match this handshake");
        }
        handshake.clientVerifyData.set(expected);
        handshake.maskedFailures.report(handshake.config.observer());
    }

    /**
     * RFC 5077 3.3-3: "In the case of a full handshake, the server MUST verify the client's Finished message before
     * sending the ticket": the order of the table. In an abbreviated one, RFC 5077 3.3-1, 3.3-5: "The server MUST NOT
     * assume that the client actually received the updated ticket until it successfully verifies the client's Finished
     * message." Nothing is assumed: the ticket before it opens as it did.
     */
    public static void newSessionTicket(Handshake handshake) {
        SessionKeeping.sendTicket(handshake);
    }

    public static void sendChangeCipherSpec(Handshake handshake) {
        handshake.output.sendChangeCipherSpec();
    }

    public static void sendFinished(Handshake handshake) {
        byte[] verifyData = handshake.keys.master.get().verifyData("server finished", handshake.transcript.snapshot());
        handshake.send(new Finished(verifyData).encode());
        handshake.serverVerifyData.set(verifyData);
        SessionKeeping.keep(handshake);
    }
}
