package dev.lockstep.tls.internal.handshake.choice;

import dev.lockstep.crypto.ConstantTime;
import dev.lockstep.tls.config.RenegotiationPolicy.LegacyClients;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.extension.ExtendedMasterSecret;
import dev.lockstep.tls.internal.extension.RenegotiationInfo;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Established;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.History;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.Signaling;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a handshake must keep of the one before it on the connection (RFC 5746), and what it may change. */
public final class RenegotiationRules {

    private RenegotiationRules() {}

    /** Checks how a ClientHello refers to the handshake before it, or to none (RFC 5746, for every client by RFC 9325 3.5-1). */
    public static void requireBinding(TlsServerConfig config, History history, ClientHello hello) {
        Established previous = history.previous();
        RenegotiationInfo info = hello.extensions().find(RenegotiationInfo.class);
        boolean scsv = hello.offers(Signaling.TLS_EMPTY_RENEGOTIATION_INFO_SCSV);
        if (previous == null) {
            requireInitial(config, info, scsv);
        } else if (previous.agreement().secureRenegotiation()) {
            requireBound(previous, info, scsv);
        } else if (info != null || scsv) {
            // RFC 5746 4.4-1, 4.4-2, 4.4-3, 4.4-4: "the server MUST verify that the "renegotiation_info" extension is
            // not present; if it is, the server MUST abort the handshake", and the same for the SCSV.
            throw FatalAlert.handshakeFailure("a client of legacy renegotiation has learnt the secure one meanwhile");
        }
        // RFC 7627 5.2: "it SHOULD abort the handshake if it does not wish to interoperate with legacy clients": one
        // that knew the extension in the handshake before is none.
        if (previous != null
                && previous.agreement().extendedMasterSecret()
                && !hello.extensions().has(ExtendedMasterSecret.class)) {
            throw FatalAlert.handshakeFailure("extended_master_secret was dropped in a renegotiation");
        }
    }

    /** Checks an agreement against what the connection had before. */
    public static void requireNoWeakerProtection(History history, Agreement agreement) {
        // RFC 7366 3.1-1: "implementations MUST NOT renegotiate a downgrade from encrypt-then-MAC to MAC-then-encrypt",
        // whatever came between.
        if (history.hadEncryptThenMac()
                && !agreement.encryptThenMac()
                && !agreement.cipherSuite().isAead()) {
            throw FatalAlert.handshakeFailure("encrypt_then_mac was dropped in a renegotiation");
        }
    }

    /** Returns ServerHello's renegotiation_info: empty at first, then both verify_data (RFC 5746 3.7-5). */
    public static RenegotiationInfo answer(History history) {
        Established previous = history.previous();
        if (previous == null) {
            return RenegotiationInfo.initial();
        }
        return new RenegotiationInfo(new WireWriter(24)
                .bytes(previous.clientVerifyData())
                .bytes(previous.serverVerifyData())
                .toByteArray());
    }

    /**
     * Tells whether the server has asked for this handshake and, with it, for the client's certificate: a session that says
     * nothing of the client is no answer then.
     */
    public static boolean asksForTheClient(Handshake handshake, List<X509Certificate> chain) {
        return handshake.helloRequest.isSet()
                && chain.isEmpty()
                && handshake
                        .config
                        .clientAuthentication(handshake.offer.get().serverName())
                        .asks();
    }

    /**
     * Returns why a client may not present {@code chain} now, or null when it may. The client of a connection stays the
     * same, unless the policy allows a change: what the application was told about it would become untrue unnoticed.
     */
    public static @Nullable FatalAlert clientChange(Handshake handshake, List<X509Certificate> chain) {
        Established previous = handshake.history.previous();
        if (previous == null
                || previous.peerCertificates().isEmpty()
                || handshake.config.renegotiation().clientCertificateMayChange()) {
            return null;
        }
        if (chain.isEmpty()) {
            return FatalAlert.handshakeFailure("a renegotiation without the client certificate of the connection");
        }
        if (!chain.get(0).equals(previous.peerCertificates().get(0))) {
            return FatalAlert.of(
                    AlertDescription.ACCESS_DENIED, "a renegotiation with another client certificate", null);
        }
        return null;
    }

    /** Returns why a client may not go by {@code identity} now, null for none, or null when it may: {@link #clientChange}. */
    public static @Nullable FatalAlert identityChange(Handshake handshake, @Nullable PskIdentity identity) {
        Established previous = handshake.history.previous();
        if (previous == null
                || previous.pskIdentity() == null
                || handshake.config.renegotiation().clientCertificateMayChange()) {
            return null;
        }
        if (identity == null) {
            return FatalAlert.handshakeFailure("a renegotiation without the pre-shared key of the connection");
        }
        return previous.pskIdentity().equals(identity)
                ? null
                : FatalAlert.of(AlertDescription.ACCESS_DENIED, "a renegotiation with another pre-shared key", null);
    }

    /** Refuses a client that {@link #identityChange} refuses. */
    public static void requireSameIdentity(Handshake handshake, @Nullable PskIdentity identity) {
        FatalAlert refusal = identityChange(handshake, identity);
        if (refusal != null) {
            throw refusal;
        }
    }

    /** Refuses a client that {@link #clientChange} refuses. */
    public static void requireSameClient(Handshake handshake, List<X509Certificate> chain) {
        FatalAlert refusal = clientChange(handshake, chain);
        if (refusal != null) {
            throw refusal;
        }
    }

    private static void requireInitial(TlsServerConfig config, @Nullable RenegotiationInfo info, boolean scsv) {
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
