package dev.lockstep.tls.config;

import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.RefusedException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the protocol that runs inside a connection (ALPN, RFC 7301) where a list of preferences does not say enough.
 * Called on the thread that drives the connection, in every handshake whose client offers protocols; must not block.
 */
@FunctionalInterface
public interface ApplicationProtocolSelector {

    /**
     * Chooses.
     *
     * @param offered the client's names in its order, each 1 to 255 bytes in ISO-8859-1; at least one
     * @param serverName the host name that the client asked for, or null
     * @return one of {@code offered}; the empty string to answer as a server that does not know ALPN; null when none of them
     *     will do, which ends the handshake unless {@link TlsServerConfigBuilder#requireApplicationProtocol} says otherwise
     * @throws RefusedException to end the handshake with the alert that it names
     */
    @Nullable
    String select(List<String> offered, @Nullable String serverName);

    /**
     * Chooses where the choice depends on the suite, as for HTTP/2 (RFC 9113 section 9.2.2).
     *
     * @param suite what this handshake uses
     * @return as {@link #select(List, String)}, to which this leaves the choice by default
     */
    default @Nullable String select(List<String> offered, @Nullable String serverName, CipherSuite suite) {
        return select(offered, serverName);
    }
}
