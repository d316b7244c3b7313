package dev.lockstep.conversations.oracle;

import dev.lockstep.conversations.oracle.Setup.Again;
import dev.lockstep.conversations.oracle.Setup.Auth;
import dev.lockstep.conversations.oracle.Setup.Exchange;
import dev.lockstep.conversations.oracle.Setup.Hint;
import dev.lockstep.conversations.oracle.Setup.Issue;
import dev.lockstep.conversations.oracle.Setup.Selector;
import dev.lockstep.conversations.oracle.Setup.Session;
import dev.lockstep.conversations.oracle.Setup.Speed;
import dev.lockstep.conversations.oracle.Setup.Stapling;
import dev.lockstep.conversations.oracle.Setup.Ticket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The setups whose conversations are recorded. All combinations would be many times as many; what decides on a resumption
 * and what decides on the messages of a full handshake hardly meet, so each is crossed in full and they together in part.
 */
final class Matrix {

    private final Set<Setup> setups = new LinkedHashSet<>();

    static Set<Setup> setups() {
        Matrix matrix = new Matrix();
        for (Exchange exchange : Exchange.values()) {
            for (Speed speed : Speed.values()) {
                Setup plain = Setup.plain(exchange).with(speed);
                matrix.fullHandshakes(plain);
                matrix.resumptions(plain);
            }
        }
        return matrix.setups;
    }

    /** Everything that makes a full handshake differ, with and without a session that is made by it. */
    private void fullHandshakes(Setup plain) {
        List<Setup> makings = List.of(plain, plain.with(Session.STORE), plain.with(Ticket.EMPTY, Issue.YES));
        for (Setup making : makings) {
            for (Selector selector : Selector.values()) {
                for (Enum<?> stapling : staplings(plain)) {
                    for (Enum<?> hint : hints(plain)) {
                        for (Auth auth : auths(plain)) {
                            Setup setup = making.with(selector, stapling, hint, auth);
                            setups.add(setup);
                            if (making.session() != Session.STORE) {
                                setups.add(setup.with(Again.FULL));
                            }
                        }
                    }
                }
            }
        }
    }

    /** Everything that makes a resumption differ, successful or not. */
    private void resumptions(Setup plain) {
        for (Ticket ticket : Ticket.values()) {
            for (Session session : Session.values()) {
                for (Issue issue : Issue.values()) {
                    if (issue == Issue.RENEWED && ticket != Ticket.VALID) {
                        continue;
                    }
                    Setup offer = plain.with(ticket, session, issue);
                    setups.add(offer);
                    setups.add(furnished(offer));
                    if (!plain.exchange().isPsk()) {
                        setups.add(offer.with(Auth.WANTED_WITH));
                    }
                    if (offer.isResumable()) {
                        for (Auth auth : auths(plain)) {
                            setups.add(offer.with(auth));
                        }
                        setups.add(offer.with(Again.FULL));
                        setups.add(offer.with(Again.SAME_OFFER));
                        setups.add(furnished(offer).with(Again.SAME_OFFER));
                    }
                }
            }
        }
    }

    private static Setup furnished(Setup setup) {
        return setup.with(
                Selector.YES,
                setup.exchange().hasCertificate() ? Stapling.YES : Stapling.NONE,
                setup.exchange().isPsk() ? Hint.YES : Hint.NONE);
    }

    private static List<Stapling> staplings(Setup setup) {
        return setup.exchange().hasCertificate() ? List.of(Stapling.values()) : List.of(Stapling.NONE);
    }

    private static List<Hint> hints(Setup setup) {
        return setup.exchange().isPsk() ? List.of(Hint.values()) : List.of(Hint.NONE);
    }

    private static List<Auth> auths(Setup setup) {
        return setup.exchange().isPsk() ? List.of(Auth.NONE, Auth.REQUIRED_WITH) : List.of(Auth.values());
    }
}
