package dev.lockstep.keys.compose;

import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Many keys as one: each operation goes to the key that its certificate was registered with. What no key is registered
 * for, and what the registered key cannot do, falls through to the credential's local key. Immutable.
 *
 * <p>Since one object speaks for all of its keys it claims what any of them can do. {@link #credential} makes
 * credentials that claim exactly what the key of their own certificate can do, and should be preferred.
 */
public final class RoutingKey implements ExternalPrivateKey {

    private final Map<X509Certificate, ExternalPrivateKey> routes;
    private final Set<SignatureScheme> schemes;
    private final boolean decrypts;

    private RoutingKey(Map<X509Certificate, ExternalPrivateKey> routes) {
        this.routes = Map.copyOf(routes);
        EnumSet<SignatureScheme> able = EnumSet.noneOf(SignatureScheme.class);
        this.routes.values().forEach(key -> able.addAll(key.signatureSchemes()));
        this.schemes = Set.copyOf(able);
        this.decrypts = this.routes.values().stream().anyMatch(ExternalPrivateKey::canDecrypt);
    }

    /** Starts without routes. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the key that {@code certificate} was registered with, or null. */
    public @Nullable ExternalPrivateKey key(X509Certificate certificate) {
        return routes.get(certificate);
    }

    /**
     * Returns a credential with the key that the chain's first certificate was registered with.
     *
     * @throws IllegalArgumentException when no key is registered for it, or as {@link Credential#external} does
     */
    public Credential credential(List<X509Certificate> chain) {
        ExternalPrivateKey key = chain.isEmpty() ? null : routes.get(chain.get(0));
        if (key == null) {
            throw new IllegalArgumentException("chain: no key is registered for its first certificate; add a route");
        }
        return Credential.external(chain, key);
    }

    @Override
    public Set<SignatureScheme> signatureSchemes() {
        return schemes;
    }

    @Override
    public boolean canDecrypt() {
        return decrypts;
    }

    @Override
    public Start<byte[]> startSign(SignRequest request, Waker waker) throws Exception {
        ExternalPrivateKey key = routes.get(request.certificate());
        return key != null && key.signatureSchemes().contains(request.scheme())
                ? key.startSign(request, waker)
                : Start.fallThrough();
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
        ExternalPrivateKey key = routes.get(request.certificate());
        return key != null && key.canDecrypt() ? key.startDecrypt(request, waker) : Start.fallThrough();
    }

    /** Collects the routes. For one thread. */
    public static final class Builder {

        private final Map<X509Certificate, ExternalPrivateKey> routes = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Operations of {@code certificate} go to {@code key}.
         *
         * @throws IllegalArgumentException when the certificate has a route already
         */
        public Builder route(X509Certificate certificate, ExternalPrivateKey key) {
            Objects.requireNonNull(key, "key");
            if (routes.putIfAbsent(Objects.requireNonNull(certificate, "certificate"), key) != null) {
                throw new IllegalArgumentException(
                        "certificate: " + certificate.getSubjectX500Principal().getName() + " has a route already");
            }
            return this;
        }

        /** Makes the key. */
        public RoutingKey build() {
            return new RoutingKey(routes);
        }
    }
}
