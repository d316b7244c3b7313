package dev.lockstep.tls.internal.handshake;

import static dev.lockstep.tls.internal.handshake.Event.*;
import static dev.lockstep.tls.internal.handshake.State.*;

import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.handshake.State.Kind;
import dev.lockstep.tls.internal.handshake.flight.*;
import dev.lockstep.tls.internal.handshake.phase.*;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.spec.ContentType;
import dev.lockstep.tls.wait.Suspension;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of the TLS 1.2 handshake (RFC 5246 section 7.3): one table, and {@link #fire}, which makes every
 * transition.
 */
public final class ServerHandshake {

    /** The whole protocol. READ rows take the client's message, await rows the answer to their question in {@link Waits}. */
    // @formatter:off
    public static final TransitionTable TABLE = new TransitionTable()
    // when: otherwise the state is passed over to its row's last next state. joinsAfter: the message joins the transcript after its action, and
    // only if a handshake is under way then; all others join before it. endsFlight: nothing but alerts may stand behind it in the input.
    .read (READ_CLIENT_HELLO, CLIENT_HELLO,               ClientFlight::onClientHello,       AWAIT_TICKET).endsFlight()
    // An earlier session, named by a ticket or by an id. Whatever goes wrong here means a full handshake.
    .await(AWAIT_TICKET, Waits.TICKET,                    Resumption::onTicket,              RESUME_SERVER_HELLO, AWAIT_SESSION).when(Offer::hasTicket)
    .await(AWAIT_SESSION, Waits.SESSION,                  Resumption::onSession,             RESUME_SERVER_HELLO, AWAIT_CREDENTIAL).when(Offer::namesSession)
    // The full handshake, RFC 5246 figure 1: what has an asterisk there has a condition here.
    .await(AWAIT_CREDENTIAL, Waits.CREDENTIAL,            ServerFlight::onCandidates,        NEGOTIATE).when(Offer::hasSelector)
    .act  (NEGOTIATE,                                     ServerFlight::negotiate,           SEND_SERVER_HELLO)
    .act  (SEND_SERVER_HELLO,                             ServerFlight::serverHello,         SEND_CERTIFICATE)
    .act  (SEND_CERTIFICATE,                              ServerFlight::certificate,         SEND_CERTIFICATE_STATUS).when(Agreement::hasCertificate)
    .act  (SEND_CERTIFICATE_STATUS,                       ServerFlight::certificateStatus,   MAKE_KEY_SHARE).when(Agreement::isStapled)
    .act  (MAKE_KEY_SHARE,                                ServerFlight::keyShare,            AWAIT_SIGNATURE).when(Agreement::isEphemeral)
    .await(AWAIT_SIGNATURE, Waits.SIGNATURE,              ServerSignature::onSignature,      SEND_SERVER_KEY_EXCHANGE).when(Agreement::isSigned)
    .act  (SEND_SERVER_KEY_EXCHANGE,                      ServerFlight::serverKeyExchange,   SEND_CERTIFICATE_REQUEST).when(Agreement::hasServerKeyExchange)
    .act  (SEND_CERTIFICATE_REQUEST,                      ClientProof::certificateRequest,   SEND_SERVER_HELLO_DONE).when(Agreement::asksClient)
    .act  (SEND_SERVER_HELLO_DONE,                        ServerFlight::serverHelloDone,     READ_CERTIFICATE)
    .read (READ_CERTIFICATE, CERTIFICATE,                 ClientProof::onCertificate,        AWAIT_VERDICT).when(Agreement::asksClient)
    .await(AWAIT_VERDICT, Waits.VERDICT,                  ClientProof::onVerdict,            READ_CLIENT_KEY_EXCHANGE).when(Client::sentChain)
    .read (READ_CLIENT_KEY_EXCHANGE, CLIENT_KEY_EXCHANGE, ClientFlight::onClientKeyExchange, AWAIT_SHARED_SECRET)
    .await(AWAIT_SHARED_SECRET, Waits.SECRET,             Premaster::onAgreed,               AWAIT_PSK).when(Agreement::isEphemeral)
    .await(AWAIT_PSK, Waits.PSK,                          Premaster::onPsk,                  AWAIT_DECRYPTION).when(Agreement::usesPsk)
    .await(AWAIT_DECRYPTION, Waits.DECRYPTION,            Premaster::onDecrypted,            DERIVE_KEYS).when(Agreement::decryptsPremaster)
    .act  (DERIVE_KEYS,                                   Premaster::derive,                 READ_CERTIFICATE_VERIFY)
    .read (READ_CERTIFICATE_VERIFY, CERTIFICATE_VERIFY,   ClientProof::onCertificateVerify,  READ_CHANGE_CIPHER_SPEC).when(Client::sentChain).joinsAfter()
    .on   (READ_CHANGE_CIPHER_SPEC, CHANGE_CIPHER_SPEC,   Finishing::onChangeCipherSpec,     READ_FINISHED)
    .read (READ_FINISHED, FINISHED,                       Finishing::onFinished,             SEND_NEW_SESSION_TICKET).joinsAfter()
    .act  (SEND_NEW_SESSION_TICKET,                       Finishing::newSessionTicket,       SEND_CHANGE_CIPHER_SPEC).when(Agreement::givesTicket)
    .act  (SEND_CHANGE_CIPHER_SPEC,                       Finishing::sendChangeCipherSpec,   SEND_FINISHED)
    .act  (SEND_FINISHED,                                 Finishing::sendFinished,           CONNECTED)
    // The abbreviated handshake, RFC 5246 figure 2 and RFC 5077 figure 2: the server finishes first.
    .act  (RESUME_SERVER_HELLO,                           Resumption::serverHello,           RESUME_NEW_SESSION_TICKET)
    .act  (RESUME_NEW_SESSION_TICKET,                     Finishing::newSessionTicket,       RESUME_CHANGE_CIPHER_SPEC).when(Agreement::givesTicket)
    .act  (RESUME_CHANGE_CIPHER_SPEC,                     Finishing::sendChangeCipherSpec,   RESUME_FINISHED)
    .act  (RESUME_FINISHED,                               Finishing::sendFinished,           RESUME_READ_CHANGE_CIPHER)
    .on   (RESUME_READ_CHANGE_CIPHER, CHANGE_CIPHER_SPEC, Finishing::onChangeCipherSpec,     RESUME_READ_FINISHED)
    .read (RESUME_READ_FINISHED, FINISHED,                Finishing::onFinished,             CONNECTED).joinsAfter()
    // Established. A ClientHello here is a renegotiation, RFC 5746.
    .read (CONNECTED, CLIENT_HELLO,                       Renegotiation::onClientHello,      AWAIT_TICKET, CONNECTED).joinsAfter().endsFlight()
    .on   (CONNECTED, RENEGOTIATE,                        Renegotiation::sendHelloRequest,   CONNECTED)
    .on   (CONNECTED, CLOSE_OUTPUT,                       Renegotiation::closeOutput,        HALF_CLOSED)
    .read (HALF_CLOSED, CLIENT_HELLO,                     Renegotiation::ignore,             HALF_CLOSED).joinsAfter()
    // Application data: while open, and in a later handshake until the client changes its keys (RFC 5246 6.2.1-4, 7.3-3).
    .data (CONNECTED, HALF_CLOSED)
    .dataWhenRenegotiating(READ_CERTIFICATE, READ_CLIENT_KEY_EXCHANGE, READ_CERTIFICATE_VERIFY, READ_CHANGE_CIPHER_SPEC,
        RESUME_READ_CHANGE_CIPHER)
    // The server sends no application data of its own in these states.
    .silent(HALF_CLOSED, RESUME_READ_CHANGE_CIPHER, RESUME_READ_FINISHED)
    // What may stay in the input while an answer is awaited; in a renegotiation application data may in every AWAIT state. All else is out of order.
    .holds(Set.of(ContentType.HANDSHAKE, ContentType.CHANGE_CIPHER_SPEC), AWAIT_VERDICT, AWAIT_SHARED_SECRET, AWAIT_PSK, AWAIT_DECRYPTION);
    // @formatter:on

    private static final Set<State> BEFORE_SIGNATURE = TABLE.leadingTo(AWAIT_SIGNATURE);
    private static final Set<State> BEFORE_DECRYPTION = TABLE.leadingTo(AWAIT_DECRYPTION);

    private static final WireReader NOTHING = WireReader.of(new byte[0]);

    private TlsServerConfig config;
    private final HandshakeOutput output;
    private final Runnable wakeHandler;
    private final History history;
    private @Nullable Handshake handshake; // null between two of them
    private State state = READ_CLIENT_HELLO;
    private @Nullable Wait<?> wait;

    /**
     * A handshake whose time begins to run now.
     *
     * @param output where messages go
     * @param wakeHandler what a waker runs, on any thread
     */
    public ServerHandshake(TlsServerConfig config, HandshakeOutput output, Runnable wakeHandler) {
        this.config = config;
        this.output = output;
        this.wakeHandler = wakeHandler;
        this.history = new History(config);
        current().begin();
    }

    public State state() {
        return state;
    }

    /** Gives a state that acts by itself its turn. */
    public void proceed() {
        fire(requireRow(PROCEED), NOTHING);
    }

    /**
     * Gives an AWAIT state its turn: it asks its question first, and for the answer in every later turn. An operation that
     * is ready immediately is asked in the same turn.
     *
     * @return whether there was an answer, good or bad, and the state was left
     */
    public boolean await() {
        Wait<?> pending = wait;
        if (pending == null) {
            pending = new Wait<>(TABLE.question(state), current(), wakeHandler);
            wait = pending;
            if (!pending.start()) {
                pending.suspend();
                return false;
            }
        }
        if (!pending.poll()) {
            return false;
        }
        endWait();
        fire(requireRow(ANSWER), pending.settle());
        return true;
    }

    /**
     * Takes a handshake message.
     *
     * @param encoded the whole message, its four-byte header included
     * @return whether it must be the last one of its flight
     */
    public boolean onMessage(byte[] encoded) {
        Row row = requireRow(Event.of(encoded[0] & 0xff));
        Handshake receiving = current();
        if (!row.joinsAfter()) {
            receiving.transcript.update(encoded, 0, encoded.length);
        }
        fire(row, new WireReader(encoded, 4, encoded.length - 4));
        boolean underWay = state.kind() != Kind.OPEN;
        if (row.joinsAfter() && underWay) {
            receiving.transcript.update(encoded, 0, encoded.length);
        }
        receiving.condense();
        return row.endsFlight() && underWay;
    }

    /** Takes ChangeCipherSpec. */
    public void onChangeCipherSpec() {
        fire(requireRow(Event.CHANGE_CIPHER_SPEC), NOTHING);
    }

    /**
     * Requires that a record of application data may be delivered now. RFC 5246 6.2.1-4, 7.3-3: "Recipients MUST receive
     * and process interleaved application layer traffic during handshakes subsequent to the first one on a connection."
     * During the first one there are no keys that could protect it.
     */
    public void requireDataAllowed() {
        if (!TABLE.carriesData(state, isRenegotiating())) {
            throw FatalAlert.unexpectedMessage("application data in " + state);
        }
    }

    /**
     * Tells whether the policy and the client allow to ask for another handshake now. RFC 5246 7.4.1.1: "After sending a
     * HelloRequest, servers SHOULD NOT repeat the request until the subsequent handshake negotiation is complete." So a client
     * that does not answer does not fill the output either.
     */
    public boolean mayRenegotiate() {
        return TABLE.row(state, RENEGOTIATE) != null
                && config.renegotiation().serverMayAsk()
                && history.allowsRenegotiation()
                && !current().helloRequest.isSet();
    }

    /** Returns the configuration with {@code changes}; nothing has changed when they do not fit it. */
    public TlsServerConfig configWith(ConnectionOptions changes) {
        return config.with(changes);
    }

    /**
     * Asks the client for another handshake, which {@link #mayRenegotiate} must allow.
     *
     * @param changed the configuration of that handshake and of later ones
     */
    public void renegotiate(TlsServerConfig changed) {
        config = changed;
        handshake = null; // the next one takes the changed configuration
        fire(requireRow(RENEGOTIATE), NOTHING);
    }

    /** Records that the application has nothing more to send; what comes is still read. Not in the middle of a handshake. */
    public boolean closeOutput() {
        Row row = TABLE.row(state, CLOSE_OUTPUT);
        if (row == null) {
            return false;
        }
        fire(row, NOTHING);
        return true;
    }

    /** Tells whether application data may be sent on this established connection now. */
    public boolean maySend() {
        return !TABLE.isSilent(state);
    }

    /** Tells whether a record of this type may wait in the caller's buffer while the handshake is suspended. */
    public boolean holds(ContentType type) {
        return TABLE.holds(state, type, isRenegotiating());
    }

    /** Tells whether the handshake under way may still ask the credential's key for something. */
    public boolean needsKey() {
        Agreement agreement = handshake == null ? null : handshake.agreement.orNull();
        if (agreement == null) {
            return BEFORE_SIGNATURE.contains(state) || BEFORE_DECRYPTION.contains(state);
        }
        Set<State> before = agreement.signatureScheme() != null ? BEFORE_SIGNATURE : BEFORE_DECRYPTION;
        return agreement.credential() != null && before.contains(state);
    }

    /** Returns what the last handshake that was finished has left; null before the first one is. */
    public @Nullable Established established() {
        return history.previous();
    }

    /** Returns how many handshakes of the connection are over. */
    public int completed() {
        return history.completed();
    }

    /** Returns when the handshake under way must be over, in the configured clock; empty when none is or has a limit. */
    public OptionalLong deadlineNanos() {
        return handshake == null ? OptionalLong.empty() : handshake.deadlineNanos();
    }

    /** Returns what the handshake waits for, or null while it waits for nothing from outside. */
    public @Nullable Suspension suspension() {
        return wait == null ? null : wait.suspension();
    }

    /** Returns the agreement in force; only from ServerHello on. */
    public Agreement agreement() {
        Established established = history.previous();
        return established != null
                ? established.agreement()
                : current().agreement.get();
    }

    /** Returns the agreement of the handshake under way, from its ServerHello on; null before, and while there is none. */
    public @Nullable Agreement agreementUnderWay() {
        return isUnderWay() && handshake != null ? handshake.agreement.orNull() : null;
    }

    /**
     * Invalidates the sessions of the connection's handshakes, the one under way included: they are not resumed any more. Each
     * is removed from the store, whatever the observer does when it hears that another could not be.
     */
    public void invalidateSessions() {
        Set<SessionId> ids = new LinkedHashSet<>(history.sessions());
        if (handshake != null && handshake.storedSession.isSet()) {
            ids.add(handshake.storedSession.get());
        }
        forget(ids.iterator());
    }

    private void forget(Iterator<SessionId> ids) {
        try {
            while (ids.hasNext()) {
                SessionKeeping.forget(config, ids.next());
            }
        } finally {
            if (ids.hasNext()) {
                forget(ids);
            }
        }
    }

    /** Ends the handshake wherever it is: what is pending is cancelled, what is secret is cleared. */
    public void close() {
        state = CLOSED;
        Handshake ended = handshake;
        try {
            if (ended != null) {
                ended.maskedFailures.report(config.observer());
            }
        } finally {
            history.wipe();
            if (ended != null) {
                ended.wipe(); // whatever an observer does
            }
            if (wait != null) {
                wait.cancel();
                endWait();
            }
        }
    }

    /** Tells whether any secret of the handshake is still held. */
    public boolean holdsSecrets() {
        return handshake != null && handshake.holdsSecrets();
    }

    /** Returns about how many bytes the handshakes of the connection hold on the client's account. */
    public int heldBytes() {
        return (handshake == null ? 0 : handshake.heldBytes()) + history.heldBytes();
    }

    /** Returns the handshake under way, or the one that begins with what is asked of it: most connections have only one. */
    private Handshake current() {
        Handshake underWay = handshake;
        if (underWay == null) {
            underWay = new Handshake(config, output, history);
            handshake = underWay;
        }
        return underWay;
    }

    /** Tells whether a handshake is under way: the first one from the beginning. */
    public boolean isUnderWay() {
        return state.kind() != Kind.OPEN && state.kind() != Kind.END;
    }

    private boolean isRenegotiating() {
        return history.previous() != null;
    }

    private Row requireRow(Event event) {
        Row row = TABLE.row(state, event);
        // RFC 5246 7.3-2, 7.3-4, 7.4-1, 7.4.7-1, 7.4.7-2, 7.4.8-1: "sending handshake messages in an unexpected order
        // results in a fatal error."
        if (row == null) {
            throw FatalAlert.unexpectedMessage(event + " in " + state);
        }
        return row;
    }

    private void fire(Row row, Object input) {
        State from = state;
        Handshake firing = current();
        state = TABLE.enter(row.run(firing, input), firing);
        if (state == CONNECTED && from != CONNECTED) {
            history.establish(firing.complete());
            handshake = null;
        }
        config.observer().onTransition(from.name(), row.event().name(), state.name());
    }

    /** Ends the wait; tells the observer how long it took, if the connection had to stand still. */
    private void endWait() {
        Wait<?> ended = wait;
        wait = null;
        if (ended != null && ended.wasSuspended()) {
            try {
                Suspension was = ended.suspension();
                config.observer().onResume(was.kind(), config.clock().getAsLong() - was.sinceNanos());
            } catch (Exception | Error fault) {
                ended.cancel(); // the observer's fault ends the connection, and the answer will not be taken
                throw fault;
            }
        }
    }
}
