package dev.lockstep.tls.key;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.signature.DigestInfo;
import dev.lockstep.tls.internal.algorithm.Algorithms;
import dev.lockstep.tls.spec.SignatureFamily;
import dev.lockstep.tls.spec.SignatureScheme;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A request for a signature. It has the input in three forms, because tokens differ in what they accept.
 *
 * <p>{@link #message} is the input that RFC 5246 section 7.4.3 defines: client_random, server_random and params.
 * {@link #digest} and {@link #digestInfo} are derived from it. EdDSA and most PSS tokens take the message, ECDSA tokens the
 * digest, and {@code NONEwithRSA} the DigestInfo. Every accessor returns a fresh copy.
 */
public final class SignRequest {

    private final SignatureScheme scheme;
    private final byte[] message;
    private final List<X509Certificate> chain;
    private final @Nullable String serverName;
    private final OptionalLong deadlineNanos;
    private final @Nullable InetAddress clientAddress;
    private final @Nullable SignatureCheck check;

    /** Creates a request on behalf of a client whose address is not known. */
    public SignRequest(
            SignatureScheme scheme,
            byte[] message,
            List<X509Certificate> chain,
            @Nullable String serverName,
            OptionalLong deadlineNanos) {
        this(scheme, message, chain, serverName, deadlineNanos, null, null);
    }

    /**
     * @param message the bytes to be signed; copied
     * @param chain the credential's certificates, leaf first
     * @param serverName the host name of the SNI extension, if the client sent one
     * @param deadlineNanos when the connection will give up, in nanoseconds of its clock
     * @param clientAddress where the client is, if that is known
     * @param check verifies with the certificate's public key, kept ready to be used often; null to decode that key each time
     *     {@link #verifies} is called
     */
    public SignRequest(
            SignatureScheme scheme,
            byte[] message,
            List<X509Certificate> chain,
            @Nullable String serverName,
            OptionalLong deadlineNanos,
            @Nullable InetAddress clientAddress,
            @Nullable SignatureCheck check) {
        this.scheme = Objects.requireNonNull(scheme, "scheme");
        this.message = message.clone();
        this.chain = List.copyOf(chain);
        this.serverName = serverName;
        this.deadlineNanos = deadlineNanos;
        this.clientAddress = clientAddress;
        this.check = check;
    }

    private SignRequest(SignRequest that, OptionalLong deadlineNanos) {
        this.scheme = that.scheme;
        this.message = that.message;
        this.chain = that.chain;
        this.serverName = that.serverName;
        this.deadlineNanos = deadlineNanos;
        this.clientAddress = that.clientAddress;
        this.check = that.check;
    }

    /** Returns the same request with another deadline. */
    public SignRequest withDeadlineNanos(OptionalLong deadline) {
        return new SignRequest(this, deadline);
    }

    /** Returns the scheme to sign with; one of the key's {@link ExternalPrivateKey#signatureSchemes}. */
    public SignatureScheme scheme() {
        return scheme;
    }

    /** Returns client_random, server_random and the ServerKeyExchange params, concatenated. */
    public byte[] message() {
        return message.clone();
    }

    /**
     * Returns the message hashed with the scheme's hash.
     *
     * @throws UnsupportedOperationException for Ed25519 and Ed448, which sign the message itself
     */
    public byte[] digest() {
        return hash().digest(message);
    }

    /**
     * Returns the DER DigestInfo of RFC 8017 section 9.2, for RSASSA-PKCS1-v1_5 schemes.
     *
     * @throws UnsupportedOperationException for every other scheme
     */
    public byte[] digestInfo() {
        if (scheme.family() != SignatureFamily.RSA_PKCS1) {
            throw new UnsupportedOperationException(scheme + " has no DigestInfo");
        }
        return DigestInfo.encode(hash(), digest());
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

    /**
     * Returns whether a signature of this request verifies with the key of {@link #certificate}. A key can call this, on any
     * thread, before it answers with {@link dev.lockstep.tls.wait.Progress#verified}. Takes 30 us (RSA) to 2 ms (Ed448).
     * Throws nothing; returns false if the certificate's key cannot have made the signature.
     */
    public boolean verifies(byte[] signature) {
        try {
            SignatureCheck kept = check;
            return (kept != null ? kept : SignatureCheck.of(certificate().getPublicKey()))
                    .verifies(scheme, message, signature);
        } catch (IllegalArgumentException e) {
            return false; // a key of a kind that signs nothing in TLS 1.2
        }
    }

    private HashAlgorithm hash() {
        HashAlgorithm hash = Algorithms.signature(scheme).hash();
        if (hash == null) {
            throw new UnsupportedOperationException(scheme + " signs the message itself");
        }
        return hash;
    }

    @Override
    public String toString() {
        return "SignRequest[" + scheme + ", " + message.length + " bytes]";
    }
}
