package dev.lockstep.conversations.oracle;

import dev.lockstep.tls.spec.CipherSuite;
import java.util.List;
import java.util.Locale;

/** What a conversation of the recording is between: one point of the matrix. */
record Setup(
        Exchange exchange,
        Ticket ticket,
        Session session,
        Selector selector,
        Stapling stapling,
        Auth auth,
        Hint hint,
        Issue issue,
        Again again,
        Speed speed) {

    enum Exchange {
        ECDHE_ECDSA,
        ECDHE_RSA,
        DHE_RSA,
        RSA,
        PSK,
        DHE_PSK,
        ECDHE_PSK,
        RSA_PSK;

        CipherSuite suite() {
            return CipherSuite.valueOf("TLS_" + name() + "_WITH_AES_128_GCM_SHA256");
        }

        boolean isPsk() {
            return name().endsWith("PSK");
        }

        boolean hasCertificate() {
            return !isPsk() || this == RSA_PSK;
        }
    }

    /** What the client has in its session_ticket extension, if it sends one. */
    enum Ticket {
        NONE,
        EMPTY,
        VALID,
        FORGED
    }

    /** Whether the server has a store, and what session_id the client offers to it. */
    enum Session {
        NONE,
        STORE,
        KNOWN,
        UNKNOWN
    }

    enum Selector {
        NONE,
        YES
    }

    enum Stapling {
        NONE,
        YES
    }

    /** Whether the server asks for a certificate, and what the client answers. */
    enum Auth {
        NONE,
        WANTED_WITHOUT,
        WANTED_WITH,
        REQUIRED_WITHOUT,
        REQUIRED_WITH
    }

    enum Hint {
        NONE,
        YES
    }

    /** Whether the server has tickets, and whether those it opens are to be renewed. */
    enum Issue {
        NONE,
        YES,
        RENEWED
    }

    /** What follows the first handshake on the same connection. */
    enum Again {
        NONE,
        FULL,
        /** With the same offer as in the first handshake, so that it is resumed if that one was. */
        SAME_OFFER
    }

    /** When operations answer. */
    enum Speed {
        INLINE,
        /** After one resume that says "in progress". */
        SLOW
    }

    /** Nothing but the key exchange. */
    static Setup plain(Exchange exchange) {
        return new Setup(
                exchange,
                Ticket.NONE,
                Session.NONE,
                Selector.NONE,
                Stapling.NONE,
                Auth.NONE,
                Hint.NONE,
                Issue.NONE,
                Again.NONE,
                Speed.INLINE);
    }

    /** The same, but for these values. */
    Setup with(Enum<?>... values) {
        Setup s = this;
        for (Enum<?> value : values) {
            s = new Setup(
                    value instanceof Exchange v ? v : s.exchange,
                    value instanceof Ticket v ? v : s.ticket,
                    value instanceof Session v ? v : s.session,
                    value instanceof Selector v ? v : s.selector,
                    value instanceof Stapling v ? v : s.stapling,
                    value instanceof Auth v ? v : s.auth,
                    value instanceof Hint v ? v : s.hint,
                    value instanceof Issue v ? v : s.issue,
                    value instanceof Again v ? v : s.again,
                    value instanceof Speed v ? v : s.speed);
        }
        return s;
    }

    /** Whether the server resumes what this client offers. */
    boolean isResumable() {
        boolean presented = ticket == Ticket.VALID || ticket == Ticket.FORGED;
        return presented ? ticket == Ticket.VALID && issue != Issue.NONE : session == Session.KNOWN;
    }

    /** The name in the recording: what is not there is left out. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(exchange.name());
        for (Enum<?> value : List.of(ticket, session, selector, stapling, auth, hint, issue, again, speed)) {
            if (value.ordinal() > 0) {
                String dimension = value.getDeclaringClass().getSimpleName();
                text.append(' ').append(dimension).append('=').append(value.name());
            }
        }
        return text.toString().toLowerCase(Locale.ROOT);
    }
}
