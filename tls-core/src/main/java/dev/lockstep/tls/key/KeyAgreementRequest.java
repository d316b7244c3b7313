package dev.lockstep.tls.key;

import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.wait.RefusedException;
import java.net.InetAddress;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request for the shared secret (RFC 5246 section 8.1.2, RFC 8422 section 5.10): one exponentiation or scalar
 * multiplication with the server's ephemeral key and the client's public value. The computation runs on the
 * thread that calls {@link #agree}, once. The key is destroyed with it, or with the handshake if that ends before.
 */
public final class KeyAgreementRequest {

    private final NamedGroup group;
    private final OptionalLong deadlineNanos;
    private final @Nullable InetAddress clientAddress;
    private final Supplier<byte[]> agreement;

    /**
     * Creates a request; the library does so.
     *
     * @param deadlineNanos when the connection will give up, in nanoseconds of its clock
     * @param clientAddress the client's address, if it is known
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
     * Computes the secret, and destroys the server's ephemeral key. Callable from any thread; a second call fails.
     *
     * @return the secret, owned by the caller, who passes it on as the answer or wipes it
     * @throws RefusedException when the client's value does not belong to the group. Pass it on as the failure, so
     *     that the client gets the alert of RFC 7919 section 4 or RFC 8422 section 5.11
     * @throws IllegalStateException when it was called before, or the handshake has ended
     */
    public byte[] agree() {
        return agreement.get();
    }

    /** Returns the group, one of those for which the configuration asks. */
    public NamedGroup group() {
        return group;
    }

    /** Returns the deadline of the operation, in nanoseconds of the connection's clock; empty if there is none. */
    public OptionalLong deadlineNanos() {
        return deadlineNanos;
    }

    /** Returns the client's address, so that an executor can limit each client; null if it is not known. */
    public @Nullable InetAddress clientAddress() {
        return clientAddress;
    }

    @Override
    public String toString() {
        return "KeyAgreementRequest[" + group.ianaName() + "]";
    }
}
