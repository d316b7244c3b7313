package dev.lockstep.server.keyserver.policy;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.server.audit.KeyPeer;
import java.util.function.Predicate;

/**
 * Who a client is, once that is known.
 *
 * @param share whose limits it shares: a user id, or a grant; never an address, of which one client may have many
 * @param peer as the log shows it
 * @param mayUse which keys it may use
 */
public record ClientIdentity(String share, KeyPeer peer, Predicate<KeyId> mayUse) {}
