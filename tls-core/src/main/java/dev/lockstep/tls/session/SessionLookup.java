package dev.lockstep.tls.session;

import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A request to look up the session that a client names.
 *
 * @param id the id as the client sent it: any 1 to 32 bytes
 * @param serverName the host name of the SNI extension, if the client sent one
 * @param deadlineNanos when the connection gives up waiting, in nanoseconds of its clock; empty if it does not
 */
public record SessionLookup(SessionId id, @Nullable String serverName, OptionalLong deadlineNanos) {

    public SessionLookup {
        Objects.requireNonNull(id, "id");
    }
}
