package dev.lockstep.tls.internal.handshake.phase;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.hash.TranscriptHash;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.algorithm.Algorithms;
import dev.lockstep.tls.internal.message.HelloRequest;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * One handshake: its environment, its transcript, and what it has come to know, phase by phase. A renegotiation is another
 * handshake, which shares the connection's {@link History}.
 */
public final class Handshake {

    /** From this length on the messages up to ClientHello are kept as digests. */
    private static final int LONG = 1 << 14;

    /** What the objects of a handshake take from ClientHello on, in bytes. */
    private static final int OBJECTS = 4096;

    public final TlsServerConfig config;
    public final HandshakeOutput output;
    /** What the handshakes of the connection know of each other. */
    public final History history;

    public final TranscriptHash transcript = new TranscriptHash();
    /** With which the server has asked for this handshake. */
    public final Once<HelloRequest> helloRequest = new Once<>();
    /** The version that ClientHello offered, which an encrypted premaster secret repeats. */
    public final Once<Integer> clientVersion = new Once<>();
    /** Set by ClientHello, until ServerHello has answered it. */
    public final Once<Offer> offer = new Once<>();
    /** The selector's choice in order of preference; empty for the configured credentials. */
    public final Once<List<Credential>> selectedCredentials = new Once<>();
    /** The session that ClientHello names and the rules permit; destroyed once its secret has served. */
    public final Once<ResumableSession> earlierSession = new Once<>();
    /** Set before ServerHello is sent. */
    public final Once<Agreement> agreement = new Once<>();
    /** The signature of ServerKeyExchange, verified. */
    public final Once<byte[]> signature = new Once<>();

    public final KeyAgreement keys = new KeyAgreement();
    public final Client client = new Client();
    /** The id under which a store knows the session of this handshake. */
    public final Once<SessionId> storedSession = new Once<>();
    /** Of the client's Finished, once it was right. */
    public final Once<byte[]> clientVerifyData = new Once<>();
    /** Of the server's Finished, once it was sent. */
    public final Once<byte[]> serverVerifyData = new Once<>();

    public final MaskedFailures maskedFailures = new MaskedFailures();
    private OptionalLong deadlineNanos = OptionalLong.empty();
    private boolean renewsTicket;
    private boolean condensed;

    /** A handshake that waits for its ClientHello, without a time limit until {@link #begin}. */
    public Handshake(TlsServerConfig config, HandshakeOutput output, History history) {
        this.config = config;
        this.output = output;
        this.history = history;
    }

    /** Starts the time limit of the handshake. */
    public void begin() {
        OptionalLong timeout = config.handshakeTimeoutNanos();
        if (timeout.isPresent()) {
            deadlineNanos = OptionalLong.of(config.clock().getAsLong() + timeout.getAsLong());
        }
    }

    /** Returns fresh random bytes. */
    public byte[] random(int length) {
        byte[] random = new byte[length];
        config.random().nextBytes(random);
        return random;
    }

    /** Sends a message and adds it to the transcript (RFC 6066 1.1-1: messages of extensions too). */
    public void send(byte[] encoded) {
        transcript.update(encoded, 0, encoded.length);
        output.sendMessage(encoded);
    }

    /**
     * Replaces the messages of a long ClientHello by their digests, so that it costs no memory while its client is silent.
     * A certificate with an EdDSA key signs the messages themselves: such a client is served as before where only such keys
     * are asked for.
     */
    public void condense() {
        Offer offered = offer.orNull();
        if (offered == null || agreement.isSet() || transcript.heldBytes() <= LONG) {
            return;
        }
        ClientAuthentication policy = config.clientAuthentication(offered.serverName());
        EnumSet<HashAlgorithm> hashes = EnumSet.of(HashAlgorithm.SHA256, HashAlgorithm.SHA384);
        List<SignatureScheme> hashing = hashing(policy);
        if (policy.asks() && hashing.isEmpty()) {
            return;
        }
        for (SignatureScheme scheme : hashing) {
            hashes.add(Objects.requireNonNull(Algorithms.signature(scheme).hash()));
        }
        transcript.condense(hashes);
        condensed = true;
    }

    /** Takes EdDSA from what a client may sign with when the messages that it would sign are gone. */
    public void limitClientSchemes(Agreement.Builder chosen) {
        ClientAuthentication policy = chosen.clientAuthentication;
        if (condensed && policy.asks()) {
            chosen.clientAuthentication = policy.withSignatureSchemes(hashing(policy));
        }
    }

    private static List<SignatureScheme> hashing(ClientAuthentication policy) {
        return policy.signatureSchemes().stream()
                .filter(scheme -> Algorithms.signature(scheme).hash() != null)
                .toList();
    }

    /** Returns about how many bytes the handshake holds on the client's account. */
    public int heldBytes() {
        Offer offered = offer.orNull();
        boolean underWay = clientVersion.isSet() && !(clientVerifyData.isSet() && serverVerifyData.isSet());
        return (underWay ? OBJECTS : 0)
                + transcript.heldBytes()
                + (offered == null ? 0 : offered.heldBytes())
                + client.heldBytes();
    }

    /** When the handshake must be over, in the configured clock; empty when it has not begun or has no limit. */
    public OptionalLong deadlineNanos() {
        return deadlineNanos;
    }

    /** Whether the ticket that names the earlier session is to be replaced. */
    public boolean renewsTicket() {
        return renewsTicket;
    }

    public void renewsTicket(boolean renew) {
        renewsTicket = renew;
    }

    /** Ends a handshake in which both sides have finished: returns what stays and clears everything else. */
    public Established complete() {
        MasterSecret exporterSecret = null;
        if (config.exporters()) {
            exporterSecret = keys.master.get();
            exporterSecret.rest();
            keys.master.clear();
        }
        List<X509Certificate> peerCertificates = client.proven.orElse(List.of());
        wipe();
        return new Established(
                agreement.get(),
                peerCertificates,
                keys.pskIdentity.orNull(),
                clientVerifyData.get(),
                serverVerifyData.get(),
                exporterSecret,
                storedSession.orNull());
    }

    /** Destroys the earlier session, whose secret is not needed any more. */
    public void dropEarlierSession() {
        ResumableSession session = earlierSession.orNull();
        if (session != null) {
            session.destroy();
            earlierSession.clear();
        }
    }

    /** Clears the secrets, and what the client sent: what is kept of a later handshake came encrypted. */
    public void wipe() {
        keys.wipe();
        dropEarlierSession();
        transcript.clear();
        offer.clear();
        client.clear();
        selectedCredentials.clear();
    }

    /** Tells whether a secret of the handshake is still held. */
    public boolean holdsSecrets() {
        return keys.holdsSecrets() || earlierSession.isSet();
    }
}
