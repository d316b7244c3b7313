package dev.lockstep.keys.keyserver;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.KeyOffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys that a key server has for this client, as it said last. Safe for any thread. */
final class KeyOffers {

    /** Null until it has said so. */
    private volatile @Nullable Map<KeyId, KeyOffer> known;

    void are(List<KeyOffer> keys) {
        Map<KeyId, KeyOffer> byId = new HashMap<>();
        keys.forEach(offer -> byId.put(offer.key(), offer));
        known = Map.copyOf(byId);
    }

    /** Takes over what another connection to the same key server was told, if it was told anything. */
    void learn(KeyOffers others) {
        Map<KeyId, KeyOffer> offers = others.known;
        if (offers != null) {
            known = offers;
        }
    }

    /** Returns whether the key server decrypts with a key; true while it is not known. */
    boolean mayDecrypt(KeyId id) {
        Map<KeyId, KeyOffer> offers = known;
        if (offers == null) {
            return true;
        }
        KeyOffer offer = offers.get(id);
        return offer != null && offer.decrypts();
    }

    /** Returns whether a key is for signatures or decryption; false while it is not known. */
    boolean has(KeyId id) {
        Map<KeyId, KeyOffer> offers = known;
        return offers != null && offers.containsKey(id);
    }

    /** Returns how many keys there are; 0 while it is not known. */
    int number() {
        Map<KeyId, KeyOffer> offers = known;
        return offers == null ? 0 : offers.size();
    }
}
