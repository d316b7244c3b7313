package dev.lockstep.tls.psk;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The identity a client has sent in its ClientKeyExchange, whose pre-shared key a handshake needs (RFC 4279 2).
 *
 * @param identity as the client sent it: any bytes at all, at most as many as the bounds of the configuration allow
 * @param serverName the host name of the SNI extension, if the client sent one
 * @param deadlineNanos when the connection gives up waiting, in nanoseconds of its clock; empty if it does not
 */
public record PskRequest(PskIdentity identity, @Nullable String serverName, OptionalLong deadlineNanos) {}
