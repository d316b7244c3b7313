package dev.lockstep.tls.credential;

import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.signature.SignatureVerifier;
import dev.lockstep.crypto.source.PrimitiveSources;
import dev.lockstep.tls.internal.algorithm.Algorithms;
import dev.lockstep.tls.internal.algorithm.ChainSignatures;
import dev.lockstep.tls.internal.algorithm.KeyCapabilities;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A certificate chain and its private key, in this process or elsewhere. Immutable, shared by all connections.
 *
 * <p>{@link #signatureSchemes} and {@link #canDecrypt} are known before negotiation: they are what the key can do, as far
 * as the certificate permits it.
 */
public final class Credential {

    private final List<X509Certificate> chain;
    private final @Nullable ExternalPrivateKey external;
    private final Set<SignatureScheme> schemes;
    private final boolean decrypts;
    private final KeyObjects keys;
    private final @Nullable NamedGroup curve;
    private final ChainSignatures chainSignatures;
    private final @Nullable OcspStapling stapling;
    private final List<byte[]> timestamps;

    private Credential(
            List<X509Certificate> chain, @Nullable ExternalPrivateKey external, @Nullable PrivateKey localKey) {
        if (chain.isEmpty()) {
            throw new ConfigException("chain", "empty", "give at least the server's own certificate");
        }
        this.chain = List.copyOf(chain);
        ChainRules.require(this.chain);
        X509Certificate leaf = this.chain.get(0);
        this.external = external;
        Set<SignatureScheme> allowed = KeyCapabilities.schemes(leaf);
        SignatureVerifier verifier = prepareVerifier(leaf);
        InProcessKey local = localKey == null ? null : prepareLocal(localKey, leaf, verifier);
        this.keys = new KeyObjects(leaf, localKey, local, verifier);
        Group group = verifier.ecGroup();
        this.curve = group == null ? null : Algorithms.namedGroup(group);
        EnumSet<SignatureScheme> able = EnumSet.noneOf(SignatureScheme.class);
        if (external != null) {
            able.addAll(external.signatureSchemes());
        }
        if (local != null) {
            able.addAll(local.signatureSchemes());
        }
        this.chainSignatures = ChainSignatures.of(this.chain);
        this.stapling = null;
        this.timestamps = List.of();
        able.retainAll(allowed);
        this.schemes = Collections.unmodifiableSet(able);
        this.decrypts = KeyCapabilities.encipherment(leaf)
                && ((external != null && external.canDecrypt()) || (local != null && local.canDecrypt()));
    }

    private Credential(Credential that, @Nullable OcspStapling stapling, List<byte[]> timestamps) {
        this.chain = that.chain;
        this.external = that.external;
        this.schemes = that.schemes;
        this.decrypts = that.decrypts;
        this.keys = that.keys;
        this.curve = that.curve;
        this.chainSignatures = that.chainSignatures;
        this.stapling = stapling;
        this.timestamps = timestamps;
    }

    /**
     * Returns a credential with an external key only.
     *
     * @param chain the server's certificate first, each further one certifying the one before (RFC 5246 7.4.2)
     * @throws ConfigException if the chain is empty or not in this order, or contains a certificate that is not of version 3,
     *     a key of an unknown kind, or an RSA key of less than 2048 bits
     */
    public static Credential external(List<X509Certificate> chain, ExternalPrivateKey key) {
        return new Credential(chain, Objects.requireNonNull(key, "key"), null);
    }

    /**
     * Returns a credential with an external key and a local one. The local key serves operations that the external key
     * cannot do, and those for which it returns {@link Start#fallThrough}.
     *
     * @throws ConfigException as above, and when {@code localKey} does not match the certificate
     */
    public static Credential external(List<X509Certificate> chain, ExternalPrivateKey key, PrivateKey localKey) {
        return new Credential(chain, Objects.requireNonNull(key, "key"), Objects.requireNonNull(localKey, "localKey"));
    }

    /**
     * Returns a credential whose key is in this process.
     *
     * @throws ConfigException as above, and when {@code key} does not match the certificate
     */
    public static Credential local(List<X509Certificate> chain, PrivateKey key) {
        return new Credential(chain, null, Objects.requireNonNull(key, "key"));
    }

    /** Returns the chain, the server's own certificate first; never empty. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** Returns the server's own certificate. */
    public X509Certificate certificate() {
        return chain.get(0);
    }

    /**
     * Returns this credential with an OCSP response (RFC 6960), to staple for clients that request one (RFC 6066 section 8).
     * The connection staples it only between its thisUpdate and nextUpdate, and only if its status for this certificate is
     * good and, where the chain contains the issuer, it names the issuer's key. It does not verify the responder's
     * signature; clients do. If the response cannot be stapled when the configuration is built, the configuration has a
     * warning.
     *
     * @param der the DER encoding; copied
     */
    public Credential withOcspResponse(byte[] der) {
        byte[] copy = der.clone();
        return withOcspResponses(() -> copy);
    }

    /**
     * Returns this credential with a source of OCSP responses.
     *
     * @param source returns the latest response, or null if there is none. It must return the same array for the same
     *     response, and must not change the array. Connections call it on their driving threads, so it must be thread-safe
     *     and must not block. Responses are checked as in {@link #withOcspResponse}; the observer receives those that
     *     cannot be used, and exceptions of the source
     */
    public Credential withOcspResponses(Supplier<byte @Nullable []> source) {
        return new Credential(this, new OcspStapling(chain, Objects.requireNonNull(source, "source")), timestamps);
    }

    /**
     * Returns this credential with signed certificate timestamps, for clients that request them (RFC 6962 section 3.3.1).
     *
     * @param scts each a SignedCertificateTimestamp in its binary form; copied
     * @throws ConfigException if one of them is malformed, or there are none, or more than 2^14 bytes of them
     */
    public Credential withSignedCertificateTimestamps(List<byte[]> scts) {
        return new Credential(this, stapling, SerializedTimestamps.copyOf(scts));
    }

    /** Returns the OCSP response to staple at a moment, or why there is none. */
    public StapledResponse stapledResponse(Instant now) {
        return stapling == null ? StapledResponse.NONE : stapling.at(now);
    }

    /** Returns the signed certificate timestamps, possibly none; the arrays are not to be changed. */
    public List<byte[]> signedCertificateTimestamps() {
        return timestamps;
    }

    /** Returns whether a client that accepts these signature schemes can verify every certificate of the chain. */
    public boolean chainFits(Collection<SignatureScheme> accepted) {
        return chainSignatures.fit(accepted);
    }

    /** Returns the schemes with which this credential can sign ServerKeyExchange; possibly empty. */
    public Set<SignatureScheme> signatureSchemes() {
        return schemes;
    }

    /** Returns whether this credential can serve the RSA key exchange. */
    public boolean canDecrypt() {
        return decrypts;
    }

    /**
     * Starts a signature with the external key, or with the local one where the external key cannot or will not.
     * Called by the connection; see {@link ExternalPrivateKey#startSign}.
     */
    public Start<byte[]> startSign(SignRequest request, Waker waker) throws Exception {
        return startSign(request, waker, PrimitiveSources.JAVA);
    }

    /** For the library itself: the same with a choice of what computes with the local key. */
    @SuppressWarnings("exports") // its type is of a module that only this library reads
    public Start<byte[]> startSign(SignRequest request, Waker waker, PrimitiveSources sources) throws Exception {
        if (external != null && external.signatureSchemes().contains(request.scheme())) {
            Start<byte[]> start = external.startSign(request, waker);
            if (!(start instanceof Start.FallThrough<byte[]>)) {
                return start;
            }
        }
        InProcessKey local = keys.of(sources).local();
        return local != null ? local.startSign(request, waker) : noLocalKey();
    }

    /**
     * Starts a decryption with the external key, or with the local one where the external key cannot or will not.
     * Called by the connection; see {@link ExternalPrivateKey#startDecrypt}.
     */
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
        return startDecrypt(request, waker, PrimitiveSources.JAVA);
    }

    /** For the library itself: the same with a choice of what computes with the local key. */
    @SuppressWarnings("exports") // its type is of a module that only this library reads
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker, PrimitiveSources sources) throws Exception {
        if (external != null && external.canDecrypt()) {
            Start<byte[]> start = external.startDecrypt(request, waker);
            if (!(start instanceof Start.FallThrough<byte[]>)) {
                return start;
            }
        }
        InProcessKey local = keys.of(sources).local();
        return local != null ? local.startDecrypt(request, waker) : noLocalKey();
    }

    /** Returns whether the signature verifies with the certificate's public key; throws nothing. */
    public boolean verifies(SignatureScheme scheme, byte[] message, byte[] signature) {
        return verifies(scheme, message, signature, PrimitiveSources.JAVA);
    }

    /** For the library itself: the same with a choice of what computes. */
    @SuppressWarnings("exports") // its type is of a module that only this library reads
    public boolean verifies(SignatureScheme scheme, byte[] message, byte[] signature, PrimitiveSources sources) {
        return keys.of(sources).verifier().verify(Algorithms.signature(scheme), message, signature);
    }

    /** Returns the modulus length in bytes of an RSA certificate, 0 for every other kind. */
    public int rsaModulusLength() {
        return keys.java().verifier().rsaModulusLength();
    }

    /** Returns the curve of an EC certificate's key, null for every other kind. */
    public @Nullable NamedGroup curve() {
        return curve;
    }

    /** Returns whether the credential has an external key. */
    public boolean isExternal() {
        return external != null;
    }

    private static Start<byte[]> noLocalKey() {
        return Start.failed(new OperationException(
                Reason.KEY_UNAVAILABLE, "the external key left it to the local key, and there is none"));
    }

    private static SignatureVerifier prepareVerifier(X509Certificate leaf) {
        try {
            return SignatureVerifier.of(leaf.getPublicKey());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    "chain",
                    "the certificate's key is of a kind TLS 1.2 cannot use here ("
                            + leaf.getPublicKey().getAlgorithm() + ")",
                    "use RSA, EC on a NIST curve, Ed25519 or Ed448",
                    e);
        }
    }

    private static InProcessKey prepareLocal(PrivateKey key, X509Certificate leaf, SignatureVerifier verifier) {
        try {
            InProcessKey local = new InProcessKey(key, leaf, PrimitiveSources.JAVA);
            if (local.matches(verifier)) {
                return local;
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw mismatch(leaf, e);
        }
        throw mismatch(leaf, null);
    }

    private static ConfigException mismatch(X509Certificate leaf, @Nullable Exception cause) {
        return new ConfigException(
                "key",
                "does not match the certificate of "
                        + leaf.getSubjectX500Principal().getName(),
                "give the private key that the certificate was issued for",
                cause);
    }

    @Override
    public String toString() {
        return "Credential[" + certificate().getSubjectX500Principal().getName() + "]";
    }
}
