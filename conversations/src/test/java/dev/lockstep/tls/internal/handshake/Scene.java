package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.spec.KeyExchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the conditions of the table look at: the client's offer, then what was agreed on, then what the client sent.
 *
 * @param offering what ClientHello names; of no account once there is a deal
 * @param selector whether a selector chooses the credentials; likewise
 * @param deal what ServerHello fixes; null before it
 * @param claimed whether the client sent a chain
 */
record Scene(Offering offering, boolean selector, @Nullable Deal deal, boolean claimed) {

    /** No handshake is under way. */
    static final Scene NONE = new Scene(Offering.NOTHING, false, null, false);

    /** The earlier session that a ClientHello names. */
    enum Offering {
        NOTHING,
        TICKET,
        ID
    }

    /**
     * An agreement.
     *
     * @param resumed whether it continues an earlier session
     * @param stapled whether CertificateStatus is sent
     * @param asks whether CertificateRequest is sent
     * @param hint whether there is a psk_identity_hint
     * @param ticket whether NewSessionTicket is sent
     */
    record Deal(KeyExchange exchange, boolean resumed, boolean stapled, boolean asks, boolean hint, boolean ticket) {}

    Scene agreed(Deal next) {
        return new Scene(Offering.NOTHING, false, next, false);
    }

    Scene claiming() {
        return new Scene(offering, selector, deal, true);
    }

    /** What the conditions may see after an action that has these effects. */
    List<Scene> after(Set<Effect> effects) {
        if (effects.contains(Effect.BEGINS)) {
            return hellos();
        }
        if (effects.contains(Effect.AGREES) || effects.contains(Effect.AGREES_TO_RESUME)) {
            return deals(effects.contains(Effect.AGREES_TO_RESUME)).stream()
                    .map(this::agreed)
                    .toList();
        }
        return effects.contains(Effect.CLAIMS) ? List.of(this, claiming()) : List.of(this);
    }

    /** Every ClientHello. */
    static List<Scene> hellos() {
        List<Scene> all = new ArrayList<>();
        for (Offering offering : Offering.values()) {
            all.add(new Scene(offering, false, null, false));
            all.add(new Scene(offering, true, null, false));
        }
        return all;
    }

    /** Every agreement of a full handshake, or of an abbreviated one. */
    static List<Deal> deals(boolean resumed) {
        List<Deal> all = new ArrayList<>();
        for (KeyExchange exchange : KeyExchange.values()) {
            for (int bits = 0; bits < 16; bits++) {
                Deal deal = new Deal(exchange, resumed, bits % 2 > 0, bits / 2 % 2 > 0, bits / 4 % 2 > 0, bits / 8 > 0);
                // a staple has a certificate beside it, and a pre-shared key takes the place of the client's
                // certificate
                boolean sensible = (!deal.stapled || (exchange.usesCertificate() && !resumed))
                        && (!deal.asks || (!exchange.usesPsk() && !resumed))
                        && (!deal.hint || (exchange.usesPsk() && !resumed));
                if (sensible) {
                    all.add(deal);
                }
            }
        }
        return all;
    }
}
