package dev.lockstep.tls.peer;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A request to verify a client's certificate chain.
 *
 * @param chain as the client sent it: its own certificate first, then whatever else it sent; never empty
 * @param serverName the host name the client asked for (RFC 6066 section 3), or null; chosen by the client
 * @param deadlineNanos when the connection gives up waiting, in nanoseconds of its clock; empty if it does not
 * @param clientAddress the client's address; null if it is not known
 */
public record VerificationRequest(
        List<X509Certificate> chain,
        @Nullable String serverName,
        OptionalLong deadlineNanos,
        @Nullable InetAddress clientAddress) {

    public VerificationRequest {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("chain: empty; there is nothing to judge");
        }
    }

    /** Creates a request of a client whose address is not known. */
    public VerificationRequest(List<X509Certificate> chain, @Nullable String serverName, OptionalLong deadlineNanos) {
        this(chain, serverName, deadlineNanos, null);
    }

    /** Returns the client's own certificate. */
    public X509Certificate certificate() {
        return chain.get(0);
    }
}
