package dev.lockstep.tls.config;

import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.RefusedException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function that chooses the ALPN protocol of a connection (RFC 7301) where a list of preferences is not enough. The
 * thread that drives the connection calls it, in every handshake whose client offers protocols; it must not block.
 */
@FunctionalInterface
public interface ApplicationProtocolSelector {

    /**
     * Chooses a protocol.
     *
     * @param offered the client's names in its order, each 1 to 255 bytes in ISO-8859-1; at least one
     * @param serverName the host name that the client asked for, or null
     * @return one of {@code offered}; the empty string to answer like a server that does not support ALPN; null if
     *     none of them is acceptable, which ends the handshake unless {@link
     *     TlsServerConfigBuilder#requireApplicationProtocol} is false
     * @throws RefusedException to end the handshake with the alert that it names
     */
    @Nullable
    String select(List<String> offered, @Nullable String serverName);

    /**
     * Chooses a protocol with regard to the cipher suite, as HTTP/2 requires (RFC 9113 section 9.2.2). By default,
     * this calls {@link #select(List, String)}.
     *
     * @param suite the suite of this handshake
     * @return as {@link #select(List, String)}
     */
    default @Nullable String select(List<String> offered, @Nullable String serverName, CipherSuite suite) {
        return select(offered, serverName);
    }
}
