package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.spec.AlertDescription;

/** What the server says to a ClientHello on a connection that is already established. */
final class Renegotiation {

    /** A client that keeps asking is not after an answer. */
    private static final int MAX_REFUSALS = 4;

    private Renegotiation() {}

    /**
     * RFC 5246 7.2.2, no_renegotiation: "Either of these would normally lead to renegotiation; when that is not
     * appropriate, the recipient should respond with this alert. At that point, the original requester can decide
     * whether to proceed with the connection."
     */
    static void refuse(HandshakeContext context, WireReader body) {
        if (context.countRefusedRenegotiation() > MAX_REFUSALS) {
            throw FatalAlert.unexpectedMessage("the client keeps asking for a refused renegotiation");
        }
        context.output().sendWarning(AlertDescription.NO_RENEGOTIATION);
    }
}
