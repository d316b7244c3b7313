package dev.lockstep.tls.internal.handshake.phase;

import dev.lockstep.crypto.hash.TranscriptHash;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.message.HelloRequest;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import java.util.List;
import java.util.OptionalLong;

/**
 * One handshake: its environment, its transcript, and what it has come to know, phase by phase. A renegotiation is another
 * handshake, which shares the connection's {@link History}.
 */
public final class Handshake {

    public final TlsServerConfig config;
    public final HandshakeOutput output;
    /** What the handshakes of the connection know of each other. */
    public final History history;

    public final TranscriptHash transcript = new TranscriptHash();
    /** With which the server has asked for this handshake. */
    public final Once<HelloRequest> helloRequest = new Once<>();
    /** Set by ClientHello. */
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
            keys.master.clear();
        }
        wipe();
        return new Established(
                agreement.get(),
                client.proven.orElse(List.of()),
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

    /** Clears the secrets, and the transcript: what is kept of a later handshake came encrypted. */
    public void wipe() {
        keys.wipe();
        dropEarlierSession();
        transcript.clear();
        offer.clear();
        selectedCredentials.clear();
    }

    /** Tells whether a secret of the handshake is still held. */
    public boolean holdsSecrets() {
        return keys.holdsSecrets() || earlierSession.isSet();
    }
}
