package dev.lockstep.tls.internal.handshake.phase;

import dev.lockstep.crypto.group.EphemeralKey;
import dev.lockstep.crypto.group.FfdheParameters;
import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.group.InvalidPublicValueException;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.algorithm.Algorithms;
import dev.lockstep.tls.internal.message.ClientKeyExchange;
import dev.lockstep.tls.internal.message.DheClientKeyExchange;
import dev.lockstep.tls.internal.message.DheServerKeyExchange;
import dev.lockstep.tls.internal.message.DigitallySigned;
import dev.lockstep.tls.internal.message.EcdheClientKeyExchange;
import dev.lockstep.tls.internal.message.EcdheServerKeyExchange;
import dev.lockstep.tls.internal.message.ServerDhParams;
import dev.lockstep.tls.internal.message.ServerEcdhParams;
import dev.lockstep.tls.internal.message.ServerKeyExchange;
import dev.lockstep.tls.key.KeyPairReserve;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.RefusedException;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.concurrent.atomic.AtomicBoolean;

/** The server's ephemeral key of one handshake: what ECDHE and DHE have in common. */
public final class KeyShare {

    private final NamedGroup group;
    private final EphemeralKey key;

    /** Set by the thread that agrees, or that destroys the key before one does. */
    private final AtomicBoolean spent = new AtomicBoolean();

    private KeyShare(NamedGroup group, EphemeralKey key) {
        this.group = group;
        this.key = key;
    }

    /**
     * Makes a fresh key for the negotiated group, or takes one that was made ahead: randoms and key shares are never used
     * twice.
     */
    public static KeyShare generate(NamedGroup group, TlsServerConfig config) {
        KeyPairReserve reserve = config.keyPairReserve();
        return new KeyShare(
                group,
                reserve != null && group.isFiniteField()
                        ? reserve.take(group, config.random(), failure -> config.observer()
                                .onOperationFailed(SuspensionKind.KEY_AGREEMENT, failure))
                        : EphemeralKey.generate(
                                Algorithms.group(group),
                                config.random(),
                                config.cryptoProviders().sources()));
    }

    /** Returns the encoded ServerECDHParams or ServerDHParams, which the signature covers. */
    public byte[] params() {
        return group.isFiniteField() ? dhParams().encode() : ecdhParams().encode();
    }

    /** Returns the ServerKeyExchange message around {@link #params} and their signature. */
    public ServerKeyExchange message(SignatureScheme scheme, byte[] signature) {
        DigitallySigned signed = new DigitallySigned(scheme.code(), signature);
        return group.isFiniteField()
                ? new DheServerKeyExchange(dhParams(), signed)
                : new EcdheServerKeyExchange(ecdhParams(), signed);
    }

    public NamedGroup group() {
        return group;
    }

    /**
     * Returns the shared secret with the client's public value, which is validated in full; the caller's to wipe. Serves
     * once, on any thread.
     *
     * @throws RefusedException when the value is not one of the group, with the alert for the client
     * @throws IllegalStateException when it has served, or its handshake has ended
     */
    public byte[] agree(ClientKeyExchange message) {
        if (!spent.compareAndSet(false, true)) {
            throw new IllegalStateException("the ephemeral key has served, or its handshake has ended");
        }
        byte[] clientPublic =
                message instanceof EcdheClientKeyExchange ecdhe ? ecdhe.point() : ((DheClientKeyExchange) message).yc();
        try {
            return key.agree(clientPublic);
        } catch (InvalidPublicValueException e) {
            // RFC 7919 4-7: a fatal alert in any case; illegal_parameter says more than the handshake_failure named
            // there.
            throw e.kind() == InvalidPublicValueException.Kind.BAD_LENGTH
                    ? new RefusedException(
                            AlertDescription.DECODE_ERROR,
                            "the client's public value is empty or has another length than its group says")
                    : new RefusedException(
                            AlertDescription.ILLEGAL_PARAMETER, "the client's public value is not one of its group");
        }
    }

    /** Destroys the key, unless another thread agrees with it: that destroys it then. */
    void destroy() {
        if (spent.compareAndSet(false, true)) {
            key.destroy();
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
