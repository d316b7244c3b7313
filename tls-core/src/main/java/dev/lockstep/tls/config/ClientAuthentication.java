package dev.lockstep.tls.config;

import dev.lockstep.tls.peer.ClientCertificateVerifier;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.spec.ClientCertificateType;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.List;
import java.util.Objects;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * A client-authentication policy: whether the server requests a certificate, and what it accepts (RFC 5246 7.4.4, 7.4.6
 * and 7.4.8). Immutable: each {@code with} method returns another policy.
 *
 * <p>If a client presents a certificate that the verifier rejects, the handshake fails, even if a certificate is only
 * {@link Demand#WANTED}. A server that wants to serve such clients needs a verifier that accepts them, and can inspect the
 * chain afterwards.
 */
public final class ClientAuthentication {

    /** Whether the server requests a certificate, and what becomes of a client without one. */
    public enum Demand {
        /** The server requests no certificate. */
        NONE,
        /** The server requests a certificate, and serves clients without one. */
        WANTED,
        /** The server requests a certificate; without one the handshake fails with handshake_failure (RFC 5246 7.4.6). */
        REQUIRED
    }

    private static final ClientAuthentication NONE_AT_ALL = new ClientAuthentication(
            Demand.NONE,
            (request, waker) -> {
                throw new IllegalStateException("no certificate was asked for");
            },
            null,
            null,
            null,
            10);

    private final Demand demand;
    private final ClientCertificateVerifier verifier;
    private final @Nullable Names authorities;
    private final @Nullable List<SignatureScheme> schemes;
    private final @Nullable List<ClientCertificateType> types;
    private final int maxChainLength;

    private ClientAuthentication(
            Demand demand,
            ClientCertificateVerifier verifier,
            @Nullable Names authorities,
            @Nullable List<SignatureScheme> schemes,
            @Nullable List<ClientCertificateType> types,
            int maxChainLength) {
        this.demand = demand;
        this.verifier = Objects.requireNonNull(verifier, "verifier");
        this.authorities = authorities;
        this.schemes = schemes;
        this.types = types;
        this.maxChainLength = maxChainLength;
    }

    /** Returns the default policy: the server requests no certificate. */
    public static ClientAuthentication none() {
        return NONE_AT_ALL;
    }

    /** Returns a policy that requests a certificate and serves clients without one. */
    public static ClientAuthentication wanted(ClientCertificateVerifier verifier) {
        return new ClientAuthentication(Demand.WANTED, verifier, null, null, null, NONE_AT_ALL.maxChainLength);
    }

    /** Returns a policy that requires a certificate. */
    public static ClientAuthentication required(ClientCertificateVerifier verifier) {
        return new ClientAuthentication(Demand.REQUIRED, verifier, null, null, null, NONE_AT_ALL.maxChainLength);
    }

    /**
     * Returns this policy with other authorities in CertificateRequest, in place of the verifier's
     * {@link ClientCertificateVerifier#acceptedIssuers}. They are a hint to the client; the server does not check them.
     *
     * @param names empty to accept certificates of any authority
     * @throws ConfigException if they do not fit into the message's 2^16-1 bytes
     */
    public ClientAuthentication withCertificateAuthorities(List<X500Principal> names) {
        Names listed = Names.of(names);
        return new ClientAuthentication(demand, verifier, listed, schemes, types, maxChainLength);
    }

    /**
     * Returns this policy with other schemes to accept in CertificateVerify, in place of the configuration's
     * {@link TlsServerConfig#signatureSchemes}.
     *
     * @throws ConfigException when the list is empty or names one twice
     */
    public ClientAuthentication withSignatureSchemes(List<SignatureScheme> accepted) {
        return new ClientAuthentication(
                demand,
                verifier,
                authorities,
                FieldChecks.distinct("signatureSchemes", accepted),
                types,
                maxChainLength);
    }

    /**
     * Returns this policy with other certificate types to request, in place of all that the schemes can sign with.
     *
     * @throws ConfigException when the list is empty or names one twice
     */
    public ClientAuthentication withCertificateTypes(List<ClientCertificateType> kinds) {
        return new ClientAuthentication(
                demand,
                verifier,
                authorities,
                schemes,
                FieldChecks.distinct("certificateTypes", kinds),
                maxChainLength);
    }

    /**
     * Returns this policy with another limit on the certificates of a chain, 10 by default. A longer chain ends the handshake
     * with certificate_unknown. {@link Bounds#maxCertificateChain} bounds the bytes.
     *
     * @param certificates 1 to 100
     * @throws ConfigException if out of that range
     */
    public ClientAuthentication withMaxChainLength(int certificates) {
        if (certificates < 1 || certificates > 100) {
            throw ConfigException.outOfRange("maxChainLength", certificates, "1 to 100");
        }
        return new ClientAuthentication(demand, verifier, authorities, schemes, types, certificates);
    }

    /** Returns whether the server requests a certificate, and whether it requires one. */
    public Demand demand() {
        return demand;
    }

    /** Returns whether the server requests a certificate. */
    public boolean asks() {
        return demand != Demand.NONE;
    }

    /** Returns whether the server requires a certificate. */
    public boolean isRequired() {
        return demand == Demand.REQUIRED;
    }

    /** Returns the verifier of the certificates. */
    public ClientCertificateVerifier verifier() {
        return verifier;
    }

    /** Returns the authorities that CertificateRequest lists. */
    public List<X500Principal> certificateAuthorities() {
        return authorities != null ? authorities.principals : verifier.acceptedIssuers();
    }

    /** For the library itself: the DER encodings of {@link #certificateAuthorities}, which are not to be changed. */
    public List<byte[]> encodedCertificateAuthorities() {
        Names names = authorities;
        return names != null ? names.encoded : Names.of(verifier.acceptedIssuers()).encoded;
    }

    /** For the library itself: what sessions that vouch for a client are bound to besides {@link #acceptedIssuers}. */
    public byte[] sessionContext() {
        return verifier.sessionContext();
    }

    /** Returns the authorities whose certificates the verifier accepts, whether CertificateRequest lists them or not. */
    public List<X500Principal> acceptedIssuers() {
        return verifier.acceptedIssuers();
    }

    /**
     * Returns the schemes accepted in CertificateVerify, most preferred first; empty for the configuration's, unless this
     * policy is a configuration's own.
     */
    public List<SignatureScheme> signatureSchemes() {
        return schemes != null ? schemes : List.of();
    }

    /**
     * Returns the certificate types to request; empty for those that the schemes can sign with, unless this policy is a
     * configuration's own.
     */
    public List<ClientCertificateType> certificateTypes() {
        return types != null ? types : List.of();
    }

    /** Returns the limit on the certificates of a chain. */
    public int maxChainLength() {
        return maxChainLength;
    }

    /**
     * Returns the policy with every list filled in, and checked.
     *
     * @param defaults the configuration's own schemes
     */
    ClientAuthentication completed(List<SignatureScheme> defaults) {
        if (!asks()) {
            return this;
        }
        int context = Objects.requireNonNull(verifier.sessionContext(), "the verifier's sessionContext").length;
        if (context > 0xffff) {
            throw new ConfigException(
                    "clientAuthentication",
                    "the verifier's sessionContext has " + context + " bytes",
                    "return at most 65535");
        }
        Names listed = authorities != null ? authorities : Names.of(verifier.acceptedIssuers());
        List<SignatureScheme> accepted = schemes != null ? schemes : defaults;
        List<ClientCertificateType> kinds = types != null ? types : kindsThatSignWith(accepted);
        for (ClientCertificateType kind : kinds) {
            if (accepted.stream().noneMatch(kind::signsWith)) {
                throw new ConfigException(
                        "clientAuthentication",
                        "certificateTypes has " + kind + ", and no signature scheme is for it",
                        "add one, or leave the type out");
            }
        }
        for (SignatureScheme scheme : schemes != null ? schemes : List.<SignatureScheme>of()) {
            if (kinds.stream().noneMatch(kind -> kind.signsWith(scheme))) {
                throw new ConfigException(
                        "clientAuthentication",
                        "signatureSchemes has " + scheme + ", and no certificate type is for it",
                        "add one, or leave the scheme out");
            }
        }
        List<SignatureScheme> usable = accepted.stream()
                .filter(scheme -> kinds.stream().anyMatch(kind -> kind.signsWith(scheme)))
                .toList();
        return new ClientAuthentication(demand, verifier, listed, usable, kinds, maxChainLength);
    }

    private static List<ClientCertificateType> kindsThatSignWith(List<SignatureScheme> accepted) {
        return List.of(ClientCertificateType.values()).stream()
                .filter(kind -> accepted.stream().anyMatch(kind::signsWith))
                .toList();
    }

    /** The names that CertificateRequest lists, encoded once: there may be hundreds, and each handshake sends them. */
    private record Names(List<X500Principal> principals, List<byte[]> encoded) {

        static Names of(List<X500Principal> principals) {
            List<byte[]> encoded =
                    principals.stream().map(X500Principal::getEncoded).toList();
            // RFC 5246 7.4.4: "DistinguishedName certificate_authorities<0..2^16-1>;", two bytes of length before each
            long bytes = encoded.stream().mapToLong(name -> 2L + name.length).sum();
            if (bytes > 0xFFFF) {
                throw new ConfigException(
                        "certificateAuthorities",
                        principals.size() + " names of " + bytes + " bytes do not fit into 65535",
                        "list fewer, or none with withCertificateAuthorities(List.of())");
            }
            return new Names(List.copyOf(principals), encoded);
        }
    }

    @Override
    public String toString() {
        return "ClientAuthentication[" + demand + "]";
    }
}
