package dev.lockstep.tls.internal.handshake;

import static dev.lockstep.tls.internal.handshake.Event.*;
import static dev.lockstep.tls.internal.handshake.State.*;
import static dev.lockstep.tls.spec.ContentType.HANDSHAKE;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.handshake.State.Kind;
import dev.lockstep.tls.internal.handshake.TransitionTable.Row;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.spec.ContentType;
import dev.lockstep.tls.wait.Suspension;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of the TLS 1.2 handshake (RFC 5246 section 7.3): one table, and {@link #fire}, the one door through
 * which every transition goes.
 */
public final class ServerHandshake {

    /**
     * The whole protocol. Renegotiation leaves CONNECTED and takes the ordinary states again; only there may application
     * data come in the middle of a handshake, until the client changes its keys.
     */
    // @formatter:off
    public static final TransitionTable TABLE = new TransitionTable()
            .on    (AWAIT_CLIENT_HELLO,                  CLIENT_HELLO,        ClientFlight::onClientHello,         FIND_SESSION)
            .branch(FIND_SESSION,                        PROCEED,             Resumption::findSession,             AWAIT_TICKET_OPENING, AWAIT_SESSION_LOOKUP, SELECT_CREDENTIAL)
            .branch(AWAIT_TICKET_OPENING,                ANSWER,              Resumption::onTicketOpened,          RESUME_SERVER_HELLO, SELECT_CREDENTIAL)
            .branch(AWAIT_SESSION_LOOKUP,                ANSWER,              Resumption::onSessionFound,          RESUME_SERVER_HELLO, SELECT_CREDENTIAL)
            .branch(RESUME_SERVER_HELLO,                 PROCEED,             Resumption::sendServerHello,         RESUME_NEW_SESSION_TICKET, RESUME_CHANGE_CIPHER_SPEC)
            .on    (RESUME_NEW_SESSION_TICKET,           PROCEED,             Resumption::sendNewSessionTicket,    RESUME_CHANGE_CIPHER_SPEC)
            .on    (RESUME_CHANGE_CIPHER_SPEC,           PROCEED,             Finishing::sendChangeCipherSpec,     RESUME_FINISHED)
            .on    (RESUME_FINISHED,                     PROCEED,             Finishing::sendFinished,             RESUME_AWAIT_CHANGE_CIPHER_SPEC)
            .on    (RESUME_AWAIT_CHANGE_CIPHER_SPEC,     CHANGE_CIPHER_SPEC,  Finishing::onChangeCipherSpec,       RESUME_AWAIT_FINISHED)
            .on    (RESUME_AWAIT_CHANGE_CIPHER_SPEC,     APPLICATION_DATA,    Renegotiation::deliver,              RESUME_AWAIT_CHANGE_CIPHER_SPEC)
            .on    (RESUME_AWAIT_FINISHED,               FINISHED,            Finishing::verifyFinished,           CONNECTED)
            .branch(SELECT_CREDENTIAL,                   PROCEED,             ServerFlight::requestCredential,     AWAIT_CREDENTIAL, SEND_SERVER_HELLO)
            .on    (AWAIT_CREDENTIAL,                    ANSWER,              ServerFlight::onCredential,          SEND_SERVER_HELLO)
            .branch(SEND_SERVER_HELLO,                   PROCEED,             ServerFlight::sendServerHello,       SEND_CERTIFICATE, SEND_SERVER_KEY_EXCHANGE, SEND_SERVER_HELLO_DONE)
            .branch(SEND_CERTIFICATE,                    PROCEED,             ServerFlight::sendCertificate,       SEND_CERTIFICATE_STATUS, SIGN_SERVER_KEY_EXCHANGE, SEND_SERVER_KEY_EXCHANGE, SEND_CERTIFICATE_REQUEST, SEND_SERVER_HELLO_DONE)
            .branch(SEND_CERTIFICATE_STATUS,             PROCEED,             Stapling::sendCertificateStatus,     SIGN_SERVER_KEY_EXCHANGE, SEND_SERVER_KEY_EXCHANGE, SEND_CERTIFICATE_REQUEST, SEND_SERVER_HELLO_DONE)
            .on    (SIGN_SERVER_KEY_EXCHANGE,            PROCEED,             ServerFlight::requestSignature,      AWAIT_SERVER_KEY_EXCHANGE_SIGNATURE)
            .branch(AWAIT_SERVER_KEY_EXCHANGE_SIGNATURE, ANSWER,              ServerFlight::sendServerKeyExchange, SEND_CERTIFICATE_REQUEST, SEND_SERVER_HELLO_DONE)
            .on    (SEND_SERVER_KEY_EXCHANGE,            PROCEED,             PskKeyExchange::sendServerKeyExchange, SEND_SERVER_HELLO_DONE)
            .on    (SEND_CERTIFICATE_REQUEST,            PROCEED,             ClientIdentity::sendCertificateRequest, SEND_SERVER_HELLO_DONE)
            .branch(SEND_SERVER_HELLO_DONE,              PROCEED,             ServerFlight::sendServerHelloDone,   AWAIT_CERTIFICATE, AWAIT_CLIENT_KEY_EXCHANGE)
            .branch(AWAIT_CERTIFICATE,                   CERTIFICATE,         ClientIdentity::onCertificate,       AWAIT_CLIENT_CERTIFICATE_VERDICT, AWAIT_CLIENT_KEY_EXCHANGE)
            .on    (AWAIT_CLIENT_CERTIFICATE_VERDICT,    ANSWER,              ClientIdentity::onVerdict,           AWAIT_CLIENT_KEY_EXCHANGE)
            .holds (AWAIT_CLIENT_CERTIFICATE_VERDICT,    HANDSHAKE, ContentType.CHANGE_CIPHER_SPEC)
            .branch(AWAIT_CLIENT_KEY_EXCHANGE,           CLIENT_KEY_EXCHANGE, ClientFlight::onClientKeyExchange,   AWAIT_PSK, AWAIT_PREMASTER_DECRYPTION, AWAIT_CERTIFICATE_VERIFY, AWAIT_CHANGE_CIPHER_SPEC)
            .branch(AWAIT_PSK,                           ANSWER,              ClientFlight::onPsk,                 AWAIT_PREMASTER_DECRYPTION, AWAIT_CHANGE_CIPHER_SPEC)
            .holds (AWAIT_PSK,                           HANDSHAKE, ContentType.CHANGE_CIPHER_SPEC)
            .branch(AWAIT_PREMASTER_DECRYPTION,          ANSWER,              ClientFlight::onPremaster,           AWAIT_CERTIFICATE_VERIFY, AWAIT_CHANGE_CIPHER_SPEC)
            .holds (AWAIT_PREMASTER_DECRYPTION,          HANDSHAKE, ContentType.CHANGE_CIPHER_SPEC)
            .on    (AWAIT_CERTIFICATE_VERIFY,            CERTIFICATE_VERIFY,  ClientIdentity::onCertificateVerify, AWAIT_CHANGE_CIPHER_SPEC)
            .on    (AWAIT_CHANGE_CIPHER_SPEC,            CHANGE_CIPHER_SPEC,  Finishing::onChangeCipherSpec,       AWAIT_FINISHED)
            .branch(AWAIT_FINISHED,                      FINISHED,            Finishing::onFinished,               SEND_NEW_SESSION_TICKET, SEND_CHANGE_CIPHER_SPEC)
            .on    (SEND_NEW_SESSION_TICKET,             PROCEED,             NewSession::sendNewSessionTicket,    SEND_CHANGE_CIPHER_SPEC)
            .on    (SEND_CHANGE_CIPHER_SPEC,             PROCEED,             Finishing::sendChangeCipherSpec,     SEND_FINISHED)
            .on    (SEND_FINISHED,                       PROCEED,             Finishing::sendFinished,             CONNECTED)
            .on    (CONNECTED,                           APPLICATION_DATA,    ServerHandshake::nothing,            CONNECTED)
            .on    (CONNECTED,                           RENEGOTIATE,         Renegotiation::sendHelloRequest,     CONNECTED)
            .branch(CONNECTED,                           CLIENT_HELLO,        Renegotiation::onClientHello,        FIND_SESSION, CONNECTED)
            .on    (CONNECTED,                           CLOSE_OUTPUT,        ServerHandshake::nothing,            HALF_CLOSED)
            .on    (HALF_CLOSED,                         APPLICATION_DATA,    ServerHandshake::nothing,            HALF_CLOSED)
            .on    (HALF_CLOSED,                         CLIENT_HELLO,        Renegotiation::ignore,               HALF_CLOSED)
            .on    (AWAIT_CERTIFICATE,                   APPLICATION_DATA,    Renegotiation::deliver,              AWAIT_CERTIFICATE)
            .on    (AWAIT_CLIENT_KEY_EXCHANGE,           APPLICATION_DATA,    Renegotiation::deliver,              AWAIT_CLIENT_KEY_EXCHANGE)
            .on    (AWAIT_CERTIFICATE_VERIFY,            APPLICATION_DATA,    Renegotiation::deliver,              AWAIT_CERTIFICATE_VERIFY)
            .on    (AWAIT_CHANGE_CIPHER_SPEC,            APPLICATION_DATA,    Renegotiation::deliver,              AWAIT_CHANGE_CIPHER_SPEC);
    // @formatter:on

    /** States of an established connection in which no application data may be sent. */
    private static final Set<State> SILENT =
            Set.of(HALF_CLOSED, RESUME_AWAIT_CHANGE_CIPHER_SPEC, RESUME_AWAIT_FINISHED);

    private static final Set<State> BEFORE_SIGNATURE = TABLE.leadingTo(AWAIT_SERVER_KEY_EXCHANGE_SIGNATURE);
    private static final Set<State> BEFORE_DECRYPTION = TABLE.leadingTo(AWAIT_PREMASTER_DECRYPTION);

    private static final WireReader NOTHING = WireReader.of(new byte[0]);

    private final TlsServerConfig config;
    private final HandshakeOutput output;
    private final Runnable wakeHandler;
    private final Renegotiation renegotiation;
    private HandshakeContext context;
    private State state = AWAIT_CLIENT_HELLO;

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
        this.renegotiation = new Renegotiation(config);
        this.context = new HandshakeContext(config, output, wakeHandler, renegotiation);
        context.begin();
    }

    public State state() {
        return state;
    }

    /** Lets a SEND state act. If that started an operation whose answer is there already, the answer is taken too. */
    public void proceed() {
        fire(PROCEED, NOTHING);
        continueAtOnce();
    }

    /**
     * Polls the operation that a SUSPEND state waits for.
     *
     * @return whether the state was left
     */
    public boolean poll() {
        Wait<?> wait = context.currentWait();
        if (wait == null) {
            throw new IllegalStateException(state + " waits for nothing");
        }
        if (!wait.poll(config.clock().getAsLong())) {
            return false;
        }
        fire(ANSWER, NOTHING);
        continueAtOnce(); // one wait may lead to the next
        return true;
    }

    /**
     * Takes a handshake message.
     *
     * @param type its type code
     * @param encoded the whole message, its four-byte header included
     */
    public void onMessage(int type, byte[] encoded) {
        Event event = Event.of(type);
        Row row = requireRow(event);
        boolean joinsAfterwards = event.coversTranscript() || state.kind() == Kind.OPEN;
        if (!joinsAfterwards) {
            context.transcript().update(encoded, 0, encoded.length);
        }
        fire(row, new WireReader(encoded, 4, encoded.length - 4));
        if (joinsAfterwards && state.kind() != Kind.OPEN) {
            context.transcript().update(encoded, 0, encoded.length);
        }
        continueAtOnce();
    }

    /** Takes ChangeCipherSpec. */
    public void onChangeCipherSpec() {
        fire(Event.CHANGE_CIPHER_SPEC, NOTHING);
    }

    /** Asks whether a record of application data may be delivered now. */
    public void onApplicationData() {
        fire(APPLICATION_DATA, NOTHING);
    }

    /** Asks the client for another handshake, if the policy and the client allow one: whether HelloRequest was sent. */
    public boolean renegotiate() {
        if (!renegotiation.mayRequest() || TABLE.row(state, RENEGOTIATE) == null) {
            return false;
        }
        fire(RENEGOTIATE, NOTHING);
        return true;
    }

    /** The application has nothing more to send; what comes is still read. Not in the middle of a handshake. */
    public boolean closeOutput() {
        if (TABLE.row(state, CLOSE_OUTPUT) == null) {
            return false;
        }
        fire(CLOSE_OUTPUT, NOTHING);
        return true;
    }

    /** Whether application data may be sent on this established connection now. */
    public boolean maySend() {
        return !SILENT.contains(state);
    }

    /** Whether a record of this type may wait in the caller's buffer while the handshake is suspended. */
    public boolean holds(ContentType type) {
        return TABLE.holds(state, type) || renegotiation.holds(type);
    }

    /** Whether the handshake under way may still ask the credential's key for something. */
    public boolean needsKey() {
        if (!context.isNegotiated()) {
            return BEFORE_SIGNATURE.contains(state) || BEFORE_DECRYPTION.contains(state);
        }
        NegotiatedParameters chosen = context.negotiated();
        Set<State> before = chosen.signatureScheme() != null ? BEFORE_SIGNATURE : BEFORE_DECRYPTION;
        return chosen.credential() != null && before.contains(state);
    }

    /** What the last handshake that was finished has left; null before the first one is. */
    public @Nullable Established established() {
        return renegotiation.previous();
    }

    /** When the handshake under way must be over, in the configured clock; empty when none is or has a limit. */
    public OptionalLong deadlineNanos() {
        return context.handshakeDeadlineNanos();
    }

    /** What the handshake waits for, or null. */
    public @Nullable Suspension suspension() {
        Wait<?> wait = context.currentWait();
        return wait == null ? null : wait.suspension();
    }

    /** The negotiated parameters in force; only from ServerHello on. */
    public NegotiatedParameters negotiated() {
        Established established = renegotiation.previous();
        return established != null ? established.negotiated() : context.negotiated();
    }

    /** The connection ends with a fatal alert, sent or received: its session is not resumed any more. */
    public void invalidateSession() {
        Established established = renegotiation.previous();
        NewSession.forget(config, established == null ? null : established.sessionId());
        NewSession.forget(config, context.sessionId());
    }

    /** Ends the handshake wherever it is: what is pending is cancelled, what is secret is cleared. */
    public void close() {
        state = CLOSED;
        try {
            context.reportMaskedFailure();
        } finally {
            renegotiation.wipe();
            context.wipe(); // whatever an observer does
        }
    }

    /** Whether any secret of the handshake is still held. */
    public boolean holdsSecrets() {
        return context.holdsSecrets();
    }

    private void continueAtOnce() {
        Wait<?> wait = context.currentWait();
        if (wait == null) {
            return;
        }
        if (wait.continuesAtOnce()) {
            poll();
        } else {
            wait.suspend();
        }
    }

    private void fire(Event event, WireReader body) {
        fire(requireRow(event), body);
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

    private void fire(Row row, WireReader body) {
        State from = state;
        state = row.fire(context, body);
        if (state == CONNECTED && from != CONNECTED) {
            renegotiation.establish(context.complete());
            context = new HandshakeContext(config, output, wakeHandler, renegotiation);
        }
        if (row.event() != APPLICATION_DATA) {
            config.observer().onTransition(from.name(), row.event().name(), state.name());
        }
    }

    private static void nothing(HandshakeContext context, WireReader none) {
        // The row is the permission; records of application data go from the caller's buffer to the caller's buffer.
    }
}
