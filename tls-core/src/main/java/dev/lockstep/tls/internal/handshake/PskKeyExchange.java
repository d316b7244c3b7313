package dev.lockstep.tls.internal.handshake;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.internal.message.ClientKeyExchange;
import dev.lockstep.tls.internal.message.PskClientKeyExchange;
import dev.lockstep.tls.internal.message.PskServerKeyExchange;
import dev.lockstep.tls.internal.message.RsaClientKeyExchange;
import dev.lockstep.tls.internal.secrets.PremasterSecret;
import dev.lockstep.tls.internal.secrets.PskPremaster;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.psk.PskSource;
import dev.lockstep.tls.spec.KeyExchange;
import org.jspecify.annotations.Nullable;

/**
 * The key exchanges with a pre-shared key, alone or combined with one of the others (RFC 4279, RFC 5489): what the server
 * says first, and what it makes of the client's answer once the key is found.
 */
final class PskKeyExchange {

    private final PskIdentity identity;
    private final byte @Nullable [] encryptedPremaster;
    private final PskLookup lookup;
    private @Nullable PremasterSecret agreed;
    private byte @Nullable [] key;

    private PskKeyExchange(
            PskIdentity identity,
            byte @Nullable [] encryptedPremaster,
            @Nullable PremasterSecret agreed,
            PskLookup lookup) {
        this.identity = identity;
        this.encryptedPremaster = encryptedPremaster;
        this.agreed = agreed;
        this.lookup = lookup;
    }

    /** RFC 4279 2, of PSK and RSA_PSK: "If no hint is provided, the ServerKeyExchange message is omitted." */
    static boolean hasServerKeyExchange(HandshakeContext context) {
        KeyExchange exchange = context.negotiated().cipherSuite().keyExchange();
        return exchange.usesPsk() && (exchange.isEphemeral() || context.config().pskIdentityHint().length > 0);
    }

    /** The hint and the parameters of a fresh key, unsigned: it is the pre-shared key that authenticates them. */
    static void sendServerKeyExchange(HandshakeContext context, WireReader none) {
        byte[] params = {};
        if (context.negotiated().cipherSuite().keyExchange().isEphemeral()) {
            EphemeralKeyExchange exchange =
                    EphemeralKeyExchange.generate(context, context.negotiated().requireGroup());
            context.keyExchange(exchange);
            params = exchange.params();
        }
        context.send(new PskServerKeyExchange(context.config().pskIdentityHint(), params).encode());
    }

    /**
     * Takes ClientKeyExchange and asks for the key of its identity. Whatever is wrong with the message shows before the
     * identity is looked at, and so says nothing of it.
     */
    static PskKeyExchange start(HandshakeContext context, PskClientKeyExchange message) {
        PskSource source = context.config().pskSource();
        if (source == null) {
            throw new IllegalStateException("a suite with a pre-shared key was chosen without a source of keys");
        }
        // RFC 4279 5.3-1: "TLS implementations supporting these ciphersuites MUST support arbitrary PSK identities up
        // to 128 octets in length, and arbitrary PSKs up to 64 octets in length."
        if (message.identity().length > context.config().bounds().maxPskIdentity()) {
            throw FatalAlert.decodeError("psk_identity of " + message.identity().length + " bytes");
        }
        ClientKeyExchange exchange = message.exchange();
        byte[] encryptedPremaster = null;
        PremasterSecret agreed = null;
        if (exchange instanceof RsaClientKeyExchange rsa) {
            encryptedPremaster = rsa.encryptedPremaster();
        } else if (exchange != null) {
            agreed = context.keyExchange().agree(exchange);
            context.dropKeyExchange();
        }
        PskIdentity identity = PskIdentity.of(message.identity());
        return new PskKeyExchange(identity, encryptedPremaster, agreed, PskLookup.start(context, source, identity));
    }

    /** Takes the answer of the look-up. */
    void onKey(HandshakeContext context) {
        key = lookup.key(context);
    }

    /** What RSA_PSK has still to decrypt, now that the key is there; null in the other exchanges. */
    byte @Nullable [] encryptedPremaster() {
        return encryptedPremaster;
    }

    /** The premaster secret of PSK, DHE_PSK and ECDHE_PSK. */
    PremasterSecret premaster() {
        PremasterSecret other = agreed;
        if (other == null) {
            return PskPremaster.plain(requireKey());
        }
        agreed = null;
        return PskPremaster.combined(other, requireKey());
    }

    /** The premaster secret of RSA_PSK; {@code decrypted} is wiped. */
    PremasterSecret premaster(PremasterSecret decrypted) {
        return PskPremaster.combined(decrypted, requireKey());
    }

    /** Who the client says it is. */
    PskIdentity identity() {
        return identity;
    }

    /** Tells a local listener what was masked; only for when the Finished check is over. */
    void report(ConnectionObserver observer) {
        lookup.report(observer);
    }

    void wipe() {
        lookup.wipe();
        Wipe.bytes(key);
        key = null;
        if (agreed != null) {
            agreed.wipe();
            agreed = null;
        }
    }

    private byte[] requireKey() {
        byte[] found = key;
        if (found == null) {
            throw new IllegalStateException("the pre-shared key is not there yet");
        }
        return found;
    }
}
