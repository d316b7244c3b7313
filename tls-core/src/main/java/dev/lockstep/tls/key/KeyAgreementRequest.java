package dev.lockstep.tls.key;

import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.wait.RefusedException;
import java.net.InetAddress;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The agreement on a secret (RFC 5246 section 8.1.2, RFC 8422 section 5.10): one exponentiation or scalar multiplication with
 * the server's ephemeral key and the client's public value. The request owns that key; it computes on the thread that calls
 * {@link #agree}, and only once.
 */
public final class KeyAgreementRequest {

    private final NamedGroup group;
    private final OptionalLong deadlineNanos;
    private final @Nullable InetAddress clientAddress;
    private final Supplier<byte[]> agreement;

    /**
     * Creates a request, as the library makes them.
     *
     * @param deadlineNanos when the connection will give up, in nanoseconds of its clock
     * @param clientAddress where the client is, if that is known
     * @param agreement what {@link #agree} does
     */
    public KeyAgreementRequest(
            NamedGroup group,
            OptionalLong deadlineNanos,
            @Nullable InetAddress clientAddress,
            Supplier<byte[]> agreement) {
        this.group = group;
        this.deadlineNanos = deadlineNanos;
        this.clientAddress = clientAddress;
        this.agreement = agreement;
    }

    /**
     * Computes the secret, and destroys the server's ephemeral key. Any thread; the second call fails.
     *
     * @return the secret, owned by the caller: it goes into the answer, or is wiped
     * @throws RefusedException when the client's value is not one of the group; to be passed on as the failure, so that the
     *     client gets the alert of RFC 7919 section 4 or RFC 8422 section 5.11
     * @throws IllegalStateException when it was called before
     */
    public byte[] agree() {
        return agreement.get();
    }

    /** Returns the group, one of those for which the configuration asks. */
    public NamedGroup group() {
        return group;
    }

    /** Returns when the connection gives up waiting, in nanoseconds of its clock. */
    public OptionalLong deadlineNanos() {
        return deadlineNanos;
    }

    /** Returns where the client is, so that an executor can bound what one client takes up; null where it is not known. */
    public @Nullable InetAddress clientAddress() {
        return clientAddress;
    }

    @Override
    public String toString() {
        return "KeyAgreementRequest[" + group.ianaName() + "]";
    }
}
