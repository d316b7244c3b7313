package dev.lockstep.tls.internal.handshake.flight;

import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.History;
import dev.lockstep.tls.internal.message.HelloRequest;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.spec.AlertDescription;

/** What happens to an established connection: either side may ask for another handshake. */
public final class Renegotiation {

    private Renegotiation() {}

    /**
     * A ClientHello on an established connection begins a handshake or is refused. RFC 5246 7.2.2, no_renegotiation:
     * "Either of these would normally lead to renegotiation; when that is not appropriate, the recipient should respond
     * with this alert. At that point, the original requester can decide whether to proceed with the connection."
     *
     * @return whether a handshake begins
     */
    public static boolean onClientHello(Handshake handshake, WireReader body) {
        History history = handshake.history;
        boolean wanted = handshake.helloRequest.isSet()
                || handshake.config.renegotiation().clientMayAsk();
        if (!wanted || !history.allowsRenegotiation()) {
            history.refuse();
            handshake.output.sendWarning(AlertDescription.NO_RENEGOTIATION);
            return false;
        }
        history.begin();
        handshake.begin();
        ClientFlight.onClientHello(handshake, body);
        return true;
    }

    /** A ClientHello that crossed our close_notify gets no answer, as nothing may follow that alert. */
    public static void ignore(Handshake handshake, WireReader body) {
        handshake.history.refuse();
    }

    /** RFC 5246 7.4.1.1-1: HelloRequest is not part of any transcript. The client may answer or ignore it. */
    public static void sendHelloRequest(Handshake handshake) {
        HelloRequest request = new HelloRequest();
        handshake.helloRequest.set(request);
        handshake.output.sendMessage(request.encode());
    }

    /** The connection says close_notify, which the record layer sends; the handshake has nothing to add. */
    public static void closeOutput(Handshake handshake) {
        // The row is the permission.
    }
}
