package dev.lockstep.tls.key;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A request to decrypt an RSA-encrypted premaster secret (RFC 5246 section 7.4.7.1). */
public final class DecryptRequest {

    private final byte[] ciphertext;
    private final List<X509Certificate> chain;
    private final @Nullable String serverName;
    private final OptionalLong deadlineNanos;
    private final @Nullable InetAddress clientAddress;

    /** Creates a request on behalf of a client whose address is not known. */
    public DecryptRequest(
            byte[] ciphertext, List<X509Certificate> chain, @Nullable String serverName, OptionalLong deadlineNanos) {
        this(ciphertext, chain, serverName, deadlineNanos, null);
    }

    /**
     * @param ciphertext exactly as long as the key's modulus; copied
     * @param chain the credential's certificates, leaf first
     * @param serverName the host name of the SNI extension, if the client sent one
     * @param deadlineNanos when the connection will give up, in nanoseconds of its clock
     * @param clientAddress where the client is, if that is known
     */
    public DecryptRequest(
            byte[] ciphertext,
            List<X509Certificate> chain,
            @Nullable String serverName,
            OptionalLong deadlineNanos,
            @Nullable InetAddress clientAddress) {
        this.ciphertext = ciphertext.clone();
        this.chain = List.copyOf(chain);
        this.serverName = serverName;
        this.deadlineNanos = deadlineNanos;
        this.clientAddress = clientAddress;
    }

    /** Returns a copy of the ciphertext, which is exactly as long as the modulus. */
    public byte[] ciphertext() {
        return ciphertext.clone();
    }

    /** Returns the leaf certificate, which identifies the key. */
    public X509Certificate certificate() {
        return chain.get(0);
    }

    /** Returns the whole chain, leaf first. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** Returns the host name that the client asked for, or null. */
    public @Nullable String serverName() {
        return serverName;
    }

    /** Returns the deadline of the operation, in nanoseconds of the connection's clock; empty if there is none. */
    public OptionalLong deadlineNanos() {
        return deadlineNanos;
    }

    /** Returns the client's address, so that a key can limit each client; null if it is not known. */
    public @Nullable InetAddress clientAddress() {
        return clientAddress;
    }

    @Override
    public String toString() {
        return "DecryptRequest[" + ciphertext.length + " bytes]";
    }
}
