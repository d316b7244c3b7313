package dev.lockstep.tls.internal.handshake;

import dev.lockstep.crypto.group.EphemeralKey;
import dev.lockstep.crypto.group.FfdheParameters;
import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.group.InvalidPublicValueException;
import dev.lockstep.tls.internal.algorithm.Algorithms;
import dev.lockstep.tls.internal.message.ClientKeyExchange;
import dev.lockstep.tls.internal.message.DheClientKeyExchange;
import dev.lockstep.tls.internal.message.DheServerKeyExchange;
import dev.lockstep.tls.internal.message.DigitallySigned;
import dev.lockstep.tls.internal.message.EcdheClientKeyExchange;
import dev.lockstep.tls.internal.message.EcdheServerKeyExchange;
import dev.lockstep.tls.internal.message.PskClientKeyExchange;
import dev.lockstep.tls.internal.message.RsaClientKeyExchange;
import dev.lockstep.tls.internal.message.ServerDhParams;
import dev.lockstep.tls.internal.message.ServerEcdhParams;
import dev.lockstep.tls.internal.message.ServerKeyExchange;
import dev.lockstep.tls.internal.secrets.PremasterSecret;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;

/** What ECDHE and DHE have in common: one fresh key, its signed parameters, one agreement. */
final class EphemeralKeyExchange {

    private final NamedGroup group;
    private final EphemeralKey key;

    private EphemeralKeyExchange(NamedGroup group, EphemeralKey key) {
        this.group = group;
        this.key = key;
    }

    /** A fresh key for the negotiated group: randoms and key shares are never used twice. */
    static EphemeralKeyExchange generate(HandshakeContext context, NamedGroup group) {
        return new EphemeralKeyExchange(
                group,
                EphemeralKey.generate(Algorithms.group(group), context.config().random()));
    }

    /** The encoded ServerECDHParams or ServerDHParams, which the signature covers. */
    byte[] params() {
        return group.isFiniteField() ? dhParams().encode() : ecdhParams().encode();
    }

    /** The ServerKeyExchange message around {@link #params} and their signature. */
    ServerKeyExchange message(SignatureScheme scheme, byte[] signature) {
        DigitallySigned signed = new DigitallySigned(scheme.code(), signature);
        return group.isFiniteField()
                ? new DheServerKeyExchange(dhParams(), signed)
                : new EcdheServerKeyExchange(ecdhParams(), signed);
    }

    /** The shared secret with the client's public value, which is validated in full. */
    PremasterSecret agree(ClientKeyExchange message) {
        if (message instanceof EcdheClientKeyExchange ecdhe) {
            return agree(ecdhe.point());
        } else if (message instanceof DheClientKeyExchange dhe) {
            return agree(dhe.yc());
        } else if (message instanceof RsaClientKeyExchange || message instanceof PskClientKeyExchange) {
            throw new IllegalStateException("parsed as another key exchange than was negotiated");
        }
        throw new IllegalStateException("unknown ClientKeyExchange");
    }

    void destroy() {
        key.destroy();
    }

    private PremasterSecret agree(byte[] clientPublic) {
        try {
            return new PremasterSecret(key.agree(clientPublic));
        } catch (InvalidPublicValueException e) {
            // RFC 7919 4-7: a fatal alert in any case; illegal_parameter says more than the handshake_failure named
            // there.
            throw e.kind() == InvalidPublicValueException.Kind.BAD_LENGTH
                    ? FatalAlert.decodeError(
                            "the client's public value is empty or has another length than its group says")
                    : FatalAlert.illegalParameter("the client's public value is not one of its group");
        }
    }

    private ServerEcdhParams ecdhParams() {
        return new ServerEcdhParams(group, key.publicValue());
    }

    private ServerDhParams dhParams() {
        Group field = Algorithms.group(group);
        return new ServerDhParams(
                FfdheParameters.pBytes(field), FfdheParameters.g(field).toByteArray(), key.publicValue());
    }
}
