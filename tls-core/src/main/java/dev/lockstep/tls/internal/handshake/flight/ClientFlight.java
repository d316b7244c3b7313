package dev.lockstep.tls.internal.handshake.flight;

import dev.lockstep.tls.internal.extension.EcPointFormats;
import dev.lockstep.tls.internal.handshake.choice.RenegotiationRules;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.KeyAgreement;
import dev.lockstep.tls.internal.handshake.phase.Offer;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.message.ClientKeyExchange;
import dev.lockstep.tls.internal.message.PskClientKeyExchange;
import dev.lockstep.tls.internal.message.RsaClientKeyExchange;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.spec.ProtocolVersion;
import dev.lockstep.tls.spec.Signaling;
import org.jspecify.annotations.Nullable;

/** The client's messages that every handshake has: ClientHello and ClientKeyExchange. */
public final class ClientFlight {

    private ClientFlight() {}

    public static void onClientHello(Handshake handshake, WireReader body) {
        int length = body.remaining();
        ClientHello hello = ClientHello.parse(body);
        requireVersion(hello);
        requirePointFormat(hello);
        RenegotiationRules.requireBinding(handshake.config, handshake.history, hello);
        Offer offer = new Offer(handshake.config, hello, length);
        requireServerName(handshake, offer.serverName());
        handshake.offer.set(offer);
        handshake.clientVersion.set(hello.clientVersion());
    }

    /** RFC 6066 3: a server that does not recognize the name may abort "by sending a fatal-level unrecognized_name(112) alert". */
    private static void requireServerName(Handshake handshake, @Nullable String serverName) {
        if (serverName != null && !handshake.config.serverNames().test(serverName)) {
            throw FatalAlert.unrecognizedName("this connection does not serve the server name");
        }
    }

    /** Takes what the message brings: a public value, what the client encrypted, the name of its pre-shared key. */
    public static void onClientKeyExchange(Handshake handshake, WireReader body) {
        Agreement agreement = handshake.agreement.get();
        ClientKeyExchange message = ClientKeyExchange.parse(agreement.keyExchange(), body);
        if (message instanceof PskClientKeyExchange psk) {
            // RFC 4279 5.3-1: "TLS implementations supporting these ciphersuites MUST support arbitrary PSK identities
            // up to 128 octets in length, and arbitrary PSKs up to 64 octets in length." What is wrong with the message
            // is found before the identity is looked up, and so says nothing of it.
            if (psk.identity().length > handshake.config.bounds().maxPskIdentity()) {
                throw FatalAlert.handshakeFailure("psk_identity of " + psk.identity().length + " bytes");
            }
            ClientKeyExchange exchange = psk.exchange();
            if (exchange != null) {
                take(handshake.keys, exchange);
            }
            PskIdentity identity = PskIdentity.of(psk.identity());
            RenegotiationRules.requireSameIdentity(handshake, identity);
            handshake.keys.pskIdentity.set(identity);
        } else {
            take(handshake.keys, message);
        }
    }

    private static void take(KeyAgreement keys, ClientKeyExchange exchange) {
        if (exchange instanceof RsaClientKeyExchange rsa) {
            keys.ciphertext.set(rsa.encryptedPremaster());
        } else {
            keys.clientShare.set(exchange);
        }
    }

    private static void requireVersion(ClientHello hello) {
        // RFC 5288 4-1, 4-3, RFC 6655 5-1, 5-3: with no older version there are no AEAD suites in one either.
        // RFC 5246 E.1-2, E.1-3: "If server supports (or is willing to use) only versions greater than client_version,
        // it MUST send a "protocol_version" alert message and close the connection." A higher one negotiates TLS 1.2.
        if (hello.clientVersion() >= ProtocolVersion.TLS_1_2) {
            return;
        }
        // RFC 7507 3-1: "If TLS_FALLBACK_SCSV appears in ClientHello.cipher_suites and the highest protocol version
        // supported by the server is higher than the version indicated in ClientHello.client_version, the server MUST
        // respond with a fatal inappropriate_fallback alert"
        if (hello.offers(Signaling.TLS_FALLBACK_SCSV)) {
            throw FatalAlert.inappropriateFallback("the client fell back below TLS 1.2");
        }
        throw FatalAlert.protocolVersion("the client offers nothing as high as TLS 1.2");
    }

    private static void requirePointFormat(ClientHello hello) {
        EcPointFormats formats = hello.extensions().find(EcPointFormats.class);
        // RFC 8422 5.1-1: "If the Supported Point Formats Extension is indeed sent, it MUST contain the value 0
        // (uncompressed) as one of the items in the list of point formats."
        if (formats != null && !formats.hasUncompressed()) {
            throw FatalAlert.illegalParameter("ec_point_formats without uncompressed");
        }
    }
}
