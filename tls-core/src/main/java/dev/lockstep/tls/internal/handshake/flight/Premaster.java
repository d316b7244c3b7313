package dev.lockstep.tls.internal.handshake.flight;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.rsa.RsaPremaster;
import dev.lockstep.tls.config.KeyLog;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.algorithm.Algorithms;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.KeyAgreement;
import dev.lockstep.tls.internal.handshake.phase.KeyShare;
import dev.lockstep.tls.internal.handshake.phase.MaskedFailures.Defect;
import dev.lockstep.tls.internal.message.ClientKeyExchange;
import dev.lockstep.tls.internal.secrets.KeyBlock;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.internal.secrets.PremasterSecret;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.KeyAgreementRequest;
import dev.lockstep.tls.psk.PskRequest;
import dev.lockstep.tls.psk.PskSource;
import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * From ClientKeyExchange to the connection's keys. Outcomes that depend on a secret are values, never edges of the table:
 * whatever goes wrong yields a random value in its place, and the handshake continues and fails at Finished.
 */
public final class Premaster {

    private Premaster() {}

    /** Agrees on a secret with the client: here, or where the configuration says for this group. */
    public static Start<byte[]> askAgreement(Handshake handshake, Waker waker, OptionalLong deadlineNanos)
            throws Exception {
        KeyShare share = handshake.keys.takeShare();
        ClientKeyExchange clientShare = handshake.keys.clientShare.get();
        handshake.keys.clientShare.clear();
        Asks<KeyAgreementRequest, byte[]> elsewhere = handshake.config.keyAgreements(share.group());
        if (elsewhere == null) {
            return Start.done(share.agree(clientShare));
        }
        return elsewhere.start(
                new KeyAgreementRequest(
                        share.group(), deadlineNanos, handshake.config.clientAddress(), () -> share.agree(clientShare)),
                waker);
    }

    public static void onAgreed(Handshake handshake, byte[] secret) {
        handshake.keys.shared.set(secret);
    }

    /**
     * Asks for the pre-shared key of the client's identity. RFC 4279 2: "if the server wishes to hide the fact that the
     * PSK identity was not known, it MAY continue the protocol as if the PSK identity existed but the key was
     * incorrect". So it does: the random key that takes its place is drawn in every handshake, before the look-up.
     */
    public static Start<Optional<byte[]>> askPsk(Handshake handshake, Waker waker, OptionalLong deadlineNanos)
            throws Exception {
        PskSource source =
                Objects.requireNonNull(handshake.config.pskSource(), "PSK suites are chosen only with a source");
        int length = source.standInLength();
        boolean valid = length >= 1 && length <= PskSource.MAX_KEY_LENGTH;
        handshake.keys.standIn(handshake.random(valid ? length : 32));
        return source.start(
                new PskRequest(
                        handshake.keys.pskIdentity.get(),
                        handshake.agreement.get().serverName(),
                        deadlineNanos),
                waker);
    }

    public static void onPsk(Handshake handshake, Optional<byte[]> found) {
        KeyAgreement keys = handshake.keys;
        byte[] random = keys.takeStandIn();
        byte[] nothing = random.clone();
        byte[] key = found.orElse(nothing);
        boolean usable = key.length > 0 && key.length <= PskSource.MAX_KEY_LENGTH;
        Defect defect = usable ? Defect.NONE : Defect.UNUSABLE_PSK;
        handshake.maskedFailures.keep(SuspensionKind.PSK_LOOKUP, found.isPresent() ? defect : Defect.UNKNOWN_IDENTITY);
        Wipe.bytes(random);
        if (!usable) {
            Wipe.bytes(key);
        }
        keys.psk.set(usable ? key : nothing);
    }

    /**
     * Asks the credential's key to decrypt. RFC 5246 7.4.7.1-3, 7.4.7.1-4: "a TLS server MUST NOT generate an alert if
     * processing an RSA-encrypted premaster secret message fails", and a ciphertext of the wrong length is one way to
     * fail: the key is given another block in its place and its answer is dropped, so that the handshake takes the same
     * steps to the same end.
     */
    public static Start<byte[]> askDecryption(Handshake handshake, Waker waker, OptionalLong deadlineNanos)
            throws Exception {
        // RFC 5246 7.4.7.1: "1. Generate a string R of 48 random bytes", before and not after the decryption.
        handshake.keys.standIn(handshake.random(RsaPremaster.LENGTH));
        handshake.keys.noPremaster(new byte[RsaPremaster.LENGTH]);
        Agreement agreement = handshake.agreement.get();
        Credential credential = agreement.requireCredential();
        byte[] block =
                hasWrongLength(handshake) ? new byte[credential.rsaModulusLength()] : handshake.keys.ciphertext.get();
        return credential.startDecrypt(
                new DecryptRequest(
                        block,
                        credential.chain(),
                        agreement.serverName(),
                        deadlineNanos,
                        handshake.config.clientAddress()),
                waker,
                handshake.config.cryptoProviders().sources());
    }

    /**
     * Returns what a decryption yields when it fails: 48 bytes of no version. A key that removes the padding itself answers
     * with 48 bytes or fails, so the same is done with either answer of its. They are made in every handshake, and before
     * the key is asked: to a processor and to a compiler, an array that was just made is another thing than one that came
     * from elsewhere.
     */
    public static byte[] noPremaster(Handshake handshake) {
        return handshake.keys.noPremaster();
    }

    /** The decrypted premaster secret, or the random one in its place; both cost the same work. */
    public static void onDecrypted(Handshake handshake, byte[] decrypted) {
        int modulusLength = handshake.agreement.get().requireCredential().rsaModulusLength();
        byte[] value = decrypted;
        boolean odd = value.length != modulusLength && value.length != RsaPremaster.LENGTH;
        handshake.maskedFailures.keep(SuspensionKind.DECRYPT, odd ? Defect.NO_PREMASTER : Defect.NONE);
        if (hasWrongLength(handshake)) {
            Wipe.bytes(value);
            value = new byte[modulusLength];
        }
        // RFC 5246 7.4.7.1-2: "the version number in the PreMasterSecret is the version offered by the client in the
        // ClientHello.client_version, not the version negotiated for the connection."
        int clientVersion = handshake.clientVersion.get();
        byte[] random = handshake.keys.takeStandIn();
        byte[] premaster = value.length == modulusLength
                ? RsaPremaster.unpad(value, clientVersion, random)
                : RsaPremaster.check(value, clientVersion, random);
        Wipe.bytes(value, random);
        handshake.keys.shared.set(premaster);
    }

    /** Derives the master secret and the keys of the connection (RFC 5246 8.1 and 6.3). */
    public static void derive(Handshake handshake) {
        Agreement agreement = handshake.agreement.get();
        HashAlgorithm hash = Algorithms.hash(agreement.cipherSuite().prfHash());
        PremasterSecret premaster = handshake.keys.takePremaster(agreement);
        MasterSecret master;
        try {
            // RFC 7627 5.1-1, 5.2-4: "both client and server MUST use the extended master secret derivation algorithm"
            // once they agreed on it; its session_hash covers all messages "up to and including the ClientKeyExchange
            // message".
            master = agreement.extendedMasterSecret()
                    ? MasterSecret.deriveExtended(hash, premaster, handshake.transcript.snapshot())
                    : MasterSecret.derive(
                            hash,
                            premaster,
                            agreement.clientRandom().bytes(),
                            agreement.serverRandom().bytes());
        } finally {
            premaster.wipe();
        }
        prepareKeys(handshake, master);
    }

    /** Makes the pending states of RFC 5246 section 6.1 from a master secret that is new or that a session has kept. */
    static void prepareKeys(Handshake handshake, MasterSecret master) {
        handshake.keys.master.set(master);
        Agreement agreement = handshake.agreement.get();
        byte[] clientRandom = agreement.clientRandom().bytes();
        byte[] serverRandom = agreement.serverRandom().bytes();
        KeyBlock keys = master.expand(agreement.cipherSuite(), clientRandom, serverRandom);
        try {
            handshake.output.preparePendingStates(agreement.cipherSuite(), keys, agreement.encryptThenMac());
        } finally {
            keys.wipe();
        }
        KeyLog keyLog = handshake.config.keyLog();
        if (keyLog != null) {
            keyLog.log("CLIENT_RANDOM " + HexFormat.of().formatHex(clientRandom) + " " + master.toKeyLogHex());
        }
    }

    private static boolean hasWrongLength(Handshake handshake) {
        return handshake.keys.ciphertext.get().length
                != handshake.agreement.get().requireCredential().rsaModulusLength();
    }
}
