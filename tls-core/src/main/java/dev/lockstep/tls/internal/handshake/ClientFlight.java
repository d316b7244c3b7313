package dev.lockstep.tls.internal.handshake;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.tls.internal.algorithm.Algorithms;
import dev.lockstep.tls.internal.extension.EcPointFormats;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.message.ClientKeyExchange;
import dev.lockstep.tls.internal.message.PskClientKeyExchange;
import dev.lockstep.tls.internal.message.RsaClientKeyExchange;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.internal.secrets.PremasterSecret;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.spec.ProtocolVersion;
import dev.lockstep.tls.spec.Signaling;

/** The client's messages: what each must satisfy by itself, and what the handshake makes of it. */
final class ClientFlight {

    private ClientFlight() {}

    static void onClientHello(HandshakeContext context, WireReader body) {
        ClientHello hello = ClientHello.parse(body);
        requireVersion(hello);
        requirePointFormat(hello);
        context.renegotiation().requireBinding(hello);
        context.clientHello(hello);
    }

    /** Ephemeral exchanges agree at once; the RSA exchange asks the key, those with a pre-shared key its source. */
    static State onClientKeyExchange(HandshakeContext context, WireReader body) {
        NegotiatedParameters negotiated = context.negotiated();
        ClientKeyExchange message =
                ClientKeyExchange.parse(negotiated.cipherSuite().keyExchange(), body);
        if (message instanceof PskClientKeyExchange psk) {
            context.pskKeyExchange(PskKeyExchange.start(context, psk));
            return State.AWAIT_PSK;
        }
        if (message instanceof RsaClientKeyExchange rsa) {
            PremasterDecryption.start(context, rsa.encryptedPremaster());
            return State.AWAIT_PREMASTER_DECRYPTION;
        }
        deriveKeys(context, context.keyExchange().agree(message));
        context.dropKeyExchange();
        return afterKeyExchange(context);
    }

    /** The pre-shared key, or a random one in its place: with it goes what was agreed, or what is decrypted next. */
    static State onPsk(HandshakeContext context, WireReader none) {
        PskKeyExchange exchange = requirePsk(context);
        exchange.onKey(context);
        byte[] encryptedPremaster = exchange.encryptedPremaster();
        if (encryptedPremaster != null) {
            PremasterDecryption.start(context, encryptedPremaster);
            return State.AWAIT_PREMASTER_DECRYPTION;
        }
        deriveKeys(context, exchange.premaster());
        return State.AWAIT_CHANGE_CIPHER_SPEC;
    }

    static State onPremaster(HandshakeContext context, WireReader none) {
        PremasterSecret decrypted = context.premasterDecryption().premaster(context);
        PskKeyExchange psk = context.pskKeyExchange();
        deriveKeys(context, psk == null ? decrypted : psk.premaster(decrypted));
        return afterKeyExchange(context);
    }

    private static PskKeyExchange requirePsk(HandshakeContext context) {
        PskKeyExchange exchange = context.pskKeyExchange();
        if (exchange == null) {
            throw new IllegalStateException("no pre-shared key at this point of the handshake");
        }
        return exchange;
    }

    private static State afterKeyExchange(HandshakeContext context) {
        return context.client().mustProve() ? State.AWAIT_CERTIFICATE_VERIFY : State.AWAIT_CHANGE_CIPHER_SPEC;
    }

    private static void deriveKeys(HandshakeContext context, PremasterSecret premaster) {
        NegotiatedParameters negotiated = context.negotiated();
        HashAlgorithm hash = Algorithms.hash(negotiated.cipherSuite().prfHash());
        byte[] clientRandom = negotiated.clientRandom().bytes();
        byte[] serverRandom = negotiated.serverRandom().bytes();
        // RFC 7627 5.1-1, 5.2-4: "both client and server MUST use the extended master secret derivation algorithm" once
        // they agreed on it; its session_hash covers all messages "up to and including the ClientKeyExchange message".
        MasterSecret master = negotiated.extendedMasterSecret()
                ? MasterSecret.deriveExtended(
                        hash, premaster, context.transcript().snapshot())
                : MasterSecret.derive(hash, premaster, clientRandom, serverRandom);
        premaster.wipe();
        context.masterSecret(master);
        ConnectionKeys.prepare(context, master);
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
