package dev.lockstep.interop.attacker.trace;

import java.util.Locale;

/** What a client gets back, in the end, for what it has sent. A fatal alert is followed by the end of the stream. */
public enum Answer {
    UNEXPECTED_MESSAGE,
    BAD_RECORD_MAC,
    RECORD_OVERFLOW,
    HANDSHAKE_FAILURE,
    ILLEGAL_PARAMETER,
    DECODE_ERROR,
    DECRYPT_ERROR,
    PROTOCOL_VERSION,
    INAPPROPRIATE_FALLBACK,
    NO_APPLICATION_PROTOCOL,
    /** It is no reason to refuse: the handshake completes, and the server sends the client's data back. */
    COMPLETES("completes"),
    /** A warning, and the connection continues. */
    NO_RENEGOTIATION("no_renegotiation, continues"),
    /** The answer to the client's own close_notify. */
    CLOSE_NOTIFY("close_notify"),
    /** The end of the stream, and no alert: a fatal alert is not answered. */
    CLOSES("closes"),
    /** Nothing, as something is still to come. */
    WAITS("waits");

    private final String title;

    Answer() {
        this.title = name().toLowerCase(Locale.ROOT);
    }

    Answer(String title) {
        this.title = title;
    }

    /** The name of the alert, or what happens instead. */
    public String title() {
        return title;
    }

    /** Whether the conversation comes to its end all the same. */
    public boolean continues() {
        return this == COMPLETES || this == NO_RENEGOTIATION;
    }
}
