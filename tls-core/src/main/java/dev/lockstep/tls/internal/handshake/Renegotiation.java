package dev.lockstep.tls.internal.handshake;

import dev.lockstep.crypto.ConstantTime;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.RenegotiationPolicy.LegacyClients;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.extension.ExtendedMasterSecret;
import dev.lockstep.tls.internal.extension.RenegotiationInfo;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.message.HelloRequest;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.ContentType;
import dev.lockstep.tls.spec.Signaling;
import org.jspecify.annotations.Nullable;

/**
 * All that makes a later handshake of a connection differ from the first one: who may begin it, how often, what binds it
 * to the one before (RFC 5746), and that application data goes on meanwhile. One object for each connection; the rows
 * of the table are its static methods.
 */
final class Renegotiation {

    /** A client that keeps asking is not after an answer. */
    private static final int MAX_REFUSALS = 4;

    private final TlsServerConfig config;
    private @Nullable Established previous;
    private boolean hadEncryptThenMac;
    private int begun;
    private int refused;
    private long lastBegunNanos;

    Renegotiation(TlsServerConfig config) {
        this.config = config;
        this.lastBegunNanos = config.clock().getAsLong();
    }

    /** What the handshake before established; null in the first one. */
    @Nullable
    Established previous() {
        return previous;
    }

    /** Another handshake is over; what the one before left is cleared. */
    void establish(Established next) {
        wipe();
        previous = next;
        hadEncryptThenMac |= next.negotiated().encryptThenMac();
    }

    void wipe() {
        if (previous != null) {
            previous.wipe();
        }
    }

    /** A ClientHello on an established connection begins a handshake or is refused. */
    static State onClientHello(HandshakeContext context, WireReader body) {
        Renegotiation renegotiation = context.renegotiation();
        boolean wanted =
                context.helloRequested() || renegotiation.config.renegotiation().clientMayAsk();
        if (!wanted || !renegotiation.isPossible()) {
            renegotiation.refuse(context);
            return State.CONNECTED;
        }
        renegotiation.begun++;
        renegotiation.lastBegunNanos = renegotiation.config.clock().getAsLong();
        context.begin();
        ClientFlight.onClientHello(context, body);
        return State.FIND_SESSION;
    }

    /** A ClientHello that crossed our close_notify gets no answer, as nothing may follow that alert. */
    static void ignore(HandshakeContext context, WireReader body) {
        context.renegotiation().countRefusal();
    }

    /** RFC 5246 7.4.1.1-1: HelloRequest is not part of any transcript. The client may answer or ignore it. */
    static void sendHelloRequest(HandshakeContext context, WireReader none) {
        context.helloRequested(true);
        context.output().sendMessage(new HelloRequest().encode());
    }

    /**
     * RFC 5246 6.2.1-4, 7.3-3: "Recipients MUST receive and process interleaved application layer traffic during
     * handshakes subsequent to the first one on a connection." During the first one there are no keys that could
     * protect it.
     */
    static void deliver(HandshakeContext context, WireReader none) {
        if (context.renegotiation().previous == null) {
            throw FatalAlert.unexpectedMessage("application data before the first handshake is over");
        }
    }

    /** Whether the application may ask for a handshake now; the rest is {@link #onClientHello}'s to judge. */
    boolean mayRequest() {
        return config.renegotiation().serverMayAsk() && isPossible();
    }

    /** Whether a record of this type waits during a suspension: what came under the old keys is read after it. */
    boolean holds(ContentType type) {
        return previous != null && type == ContentType.APPLICATION_DATA;
    }

    /** Judges how a ClientHello refers to the handshake before it, or to none (RFC 5746, by RFC 9325 3.5-1 for everybody). */
    void requireBinding(ClientHello hello) {
        RenegotiationInfo info = hello.extensions().find(RenegotiationInfo.class);
        boolean scsv = hello.offers(Signaling.TLS_EMPTY_RENEGOTIATION_INFO_SCSV);
        if (previous == null) {
            requireInitial(info, scsv);
        } else if (previous.negotiated().secureRenegotiation()) {
            requireBound(previous, info, scsv);
        } else if (info != null || scsv) {
            // RFC 5746 4.4-1, 4.4-2, 4.4-3, 4.4-4: "the server MUST verify that the "renegotiation_info" extension is
            // not present; if it is, the server MUST abort the handshake", and the same for the SCSV.
            throw FatalAlert.handshakeFailure("a client of legacy renegotiation has learnt the secure one meanwhile");
        }
        // RFC 7627 5.2: "it SHOULD abort the handshake if it does not wish to interoperate with legacy clients": one
        // that
        // knew the extension in the handshake before is none.
        if (previous != null
                && previous.negotiated().extendedMasterSecret()
                && !hello.extensions().has(ExtendedMasterSecret.class)) {
            throw FatalAlert.handshakeFailure("extended_master_secret was dropped in a renegotiation");
        }
    }

    /** Judges what was agreed on in the light of what the connection had before. */
    void requireNoWeakerProtection(NegotiatedParameters chosen) {
        // RFC 7366 3.1-1: "implementations MUST NOT renegotiate a downgrade from encrypt-then-MAC to MAC-then-encrypt",
        // whatever came between.
        if (hadEncryptThenMac
                && !chosen.encryptThenMac()
                && !chosen.cipherSuite().isAead()) {
            throw FatalAlert.handshakeFailure("encrypt_then_mac was dropped in a renegotiation");
        }
    }

    /** The answer of ServerHello: empty at first, then both verify_data (RFC 5746 3.7-5). */
    RenegotiationInfo answer() {
        if (previous == null) {
            return RenegotiationInfo.initial();
        }
        byte[] client = previous.clientVerifyData();
        byte[] server = previous.serverVerifyData();
        byte[] both = new byte[client.length + server.length];
        System.arraycopy(client, 0, both, 0, client.length);
        System.arraycopy(server, 0, both, client.length, server.length);
        return new RenegotiationInfo(both);
    }

    private boolean isPossible() {
        RenegotiationPolicy policy = config.renegotiation();
        boolean bound = previous != null && previous.negotiated().secureRenegotiation();
        return (bound || policy.legacyClients() == LegacyClients.RENEGOTIATE_UNBOUND)
                && begun < policy.maxRenegotiations()
                && config.clock().getAsLong() - lastBegunNanos
                        >= policy.minInterval().toNanos();
    }

    /**
     * RFC 5246 7.2.2, no_renegotiation: "Either of these would normally lead to renegotiation; when that is not
     * appropriate, the recipient should respond with this alert. At that point, the original requester can decide
     * whether to proceed with the connection."
     */
    private void refuse(HandshakeContext context) {
        countRefusal();
        context.output().sendWarning(AlertDescription.NO_RENEGOTIATION);
    }

    private void countRefusal() {
        if (++refused > MAX_REFUSALS) {
            throw FatalAlert.unexpectedMessage("the client keeps asking for a refused renegotiation");
        }
    }

    private void requireInitial(@Nullable RenegotiationInfo info, boolean scsv) {
        // RFC 5746 3.6-1, 3.6-2, 3.6-3: "The server MUST then verify that the length of the "renegotiated_connection"
        // field is zero, and if it is not, MUST abort the handshake."
        if (info != null && !info.isInitial()) {
            throw FatalAlert.handshakeFailure("renegotiation_info is not empty in an initial handshake");
        }
        if (info == null && !scsv && config.renegotiation().legacyClients() == LegacyClients.REFUSE) {
            throw FatalAlert.handshakeFailure("the client does not know secure renegotiation");
        }
    }

    private static void requireBound(Established previous, @Nullable RenegotiationInfo info, boolean scsv) {
        // RFC 5746 3.7-1, 3.7-2: "When a ClientHello is received, the server MUST verify that it does not contain the
        // TLS_EMPTY_RENEGOTIATION_INFO_SCSV SCSV. If the SCSV is present, the server MUST abort the handshake."
        if (scsv) {
            throw FatalAlert.handshakeFailure("the SCSV of initial handshakes in a renegotiation");
        }
        // RFC 5746 3.7-3, 3.7-4: "The server MUST verify that the "renegotiation_info" extension is present; if it is
        // not, the server MUST abort the handshake." and that its value "is equal to the saved client_verify_data
        // value".
        if (info == null || !ConstantTime.equal(info.renegotiatedConnection(), previous.clientVerifyData())) {
            throw FatalAlert.handshakeFailure("the renegotiation is not bound to the handshake before it");
        }
    }
}
