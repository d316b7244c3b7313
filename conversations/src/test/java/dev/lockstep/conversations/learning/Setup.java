package dev.lockstep.conversations.learning;

import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.KeyExchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A server and a client of it: one configuration.
 *
 * @param hint whether there is a psk_identity_hint
 * @param auth whether the server asks for a certificate
 * @param session the earlier session that the client names in every ClientHello
 * @param renegotiates whether both sides may ask for one more handshake
 */
public record Setup(KeyExchange exchange, boolean hint, Auth auth, Session session, boolean renegotiates) {

    /** Whether the server asks for a certificate. */
    public enum Auth {
        NONE,
        WANTED,
        REQUIRED
    }

    /** What the client names, and what the server has for it. */
    public enum Session {
        /** Nothing; a selector chooses the credentials. */
        NONE,
        ID,
        TICKET,
        /** A ticket of a key that is not the first one any more. */
        OLD_TICKET,
        FORGED_TICKET;

        /** Whether the client has the ticket extension, and the server ticket keys. */
        public boolean isTicket() {
            return compareTo(TICKET) >= 0;
        }

        /** Whether the server finds the session. */
        public boolean isFound() {
            return this == ID || this == TICKET || this == OLD_TICKET;
        }
    }

    /** Every configuration. */
    static List<Setup> all() {
        List<Setup> all = new ArrayList<>();
        for (KeyExchange exchange : KeyExchange.values()) {
            for (boolean hint : exchange.usesPsk() ? new boolean[] {false, true} : new boolean[] {false}) {
                for (Auth auth : exchange.usesPsk() ? new Auth[] {Auth.NONE} : Auth.values()) {
                    for (Session session : Session.values()) {
                        all.add(new Setup(exchange, hint, auth, session, false));
                        all.add(new Setup(exchange, hint, auth, session, true));
                    }
                }
            }
        }
        return all;
    }

    CipherSuite suite() {
        return CipherSuite.valueOf("TLS_" + exchange + "_WITH_AES_128_GCM_SHA256");
    }

    @Override
    public String toString() {
        return exchange
                + (hint ? " with a hint" : "")
                + (auth == Auth.NONE ? "" : ", certificate " + lower(auth))
                + (session == Session.NONE ? "" : ", " + lower(session))
                + (renegotiates ? ", renegotiation" : "");
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
