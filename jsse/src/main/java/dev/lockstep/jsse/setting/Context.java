package dev.lockstep.jsse.setting;

import dev.lockstep.jsse.manager.ClientVerifiers;
import dev.lockstep.jsse.manager.ServerKeys;
import dev.lockstep.jsse.session.SessionCache;
import dev.lockstep.tls.config.TlsServerConfig;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one {@code SSLContext} share. Immutable but for the cache.
 *
 * @param config what is negotiated unless an engine is set to something else
 * @param keys the key managers' keys; null where the configuration has its own credentials
 * @param clients judges client certificates where an engine asks for them and the configuration does not
 * @param sessions the sessions that were made
 */
public record Context(
        TlsServerConfig config, @Nullable ServerKeys keys, ClientVerifiers clients, SessionCache sessions) {}
