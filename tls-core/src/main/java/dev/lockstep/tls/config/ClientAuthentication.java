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
 * Whether and how a client shows who it is (RFC 5246 7.4.4, 7.4.6 and 7.4.8). Immutable: each {@code with} method makes
 * another policy.
 *
 * <p>A certificate that a client presents is verified or the handshake ends, also where it is only wanted. A server that wants
 * to serve clients with bad certificates too gives a verifier that accepts them, and looks at the chain afterwards.
 */
public final class ClientAuthentication {

    /** What a client without a certificate gets. */
    public enum Demand {
        /** No certificate is asked for. */
        NONE,
        /** One is asked for; a client without one is served. */
        WANTED,
        /** One is asked for; a client without one gets handshake_failure (RFC 5246 7.4.6). */
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

    /** Clients stay anonymous: the default. */
    public static ClientAuthentication none() {
        return NONE_AT_ALL;
    }

    /** Asks for a certificate, and serves clients without one. */
    public static ClientAuthentication wanted(ClientCertificateVerifier verifier) {
        return new ClientAuthentication(Demand.WANTED, verifier, null, null, null, NONE_AT_ALL.maxChainLength);
    }

    /** Asks for a certificate, and refuses clients without one. */
    public static ClientAuthentication required(ClientCertificateVerifier verifier) {
        return new ClientAuthentication(Demand.REQUIRED, verifier, null, null, null, NONE_AT_ALL.maxChainLength);
    }

    /**
     * Lists these authorities in CertificateRequest instead of the verifier's
     * {@link ClientCertificateVerifier#acceptedIssuers}. A hint to the client, not a check.
     *
     * @param names empty for "whatever you have"
     * @throws ConfigException when they do not fit into the message's 2^16-1 bytes
     */
    public ClientAuthentication withCertificateAuthorities(List<X500Principal> names) {
        Names listed = Names.of(names);
        return new ClientAuthentication(demand, verifier, listed, schemes, types, maxChainLength);
    }

    /**
     * Accepts these schemes in CertificateVerify instead of the configuration's
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
     * Asks for these kinds of certificate instead of those that the schemes sign with.
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
     * Refuses chains of more certificates with certificate_unknown; 10 by default. Their size in bytes is bounded by
     * {@link Bounds#maxCertificateChain}.
     *
     * @throws ConfigException when out of 1 to 100
     */
    public ClientAuthentication withMaxChainLength(int certificates) {
        if (certificates < 1 || certificates > 100) {
            throw ConfigException.outOfRange("maxChainLength", certificates, "1 to 100");
        }
        return new ClientAuthentication(demand, verifier, authorities, schemes, types, certificates);
    }

    /** What a client without a certificate gets. */
    public Demand demand() {
        return demand;
    }

    /** Whether a CertificateRequest is sent. */
    public boolean asks() {
        return demand != Demand.NONE;
    }

    /** Whether no client is served without a certificate. */
    public boolean isRequired() {
        return demand == Demand.REQUIRED;
    }

    /** Who judges the certificates. */
    public ClientCertificateVerifier verifier() {
        return verifier;
    }

    /** The authorities that CertificateRequest lists. */
    public List<X500Principal> certificateAuthorities() {
        return authorities != null ? authorities.principals : verifier.acceptedIssuers();
    }

    /** For the library itself: the DER encodings of {@link #certificateAuthorities}, which are not to be changed. */
    public List<byte[]> encodedCertificateAuthorities() {
        Names names = authorities;
        return names != null ? names.encoded : Names.of(verifier.acceptedIssuers()).encoded;
    }

    /** The authorities whose certificates the verifier accepts, whether CertificateRequest lists them or not. */
    public List<X500Principal> acceptedIssuers() {
        return verifier.acceptedIssuers();
    }

    /** The schemes accepted in CertificateVerify, most preferred first; those of a configuration are complete. */
    public List<SignatureScheme> signatureSchemes() {
        return schemes != null ? schemes : List.of();
    }

    /** The kinds of certificate asked for; those of a configuration are complete. */
    public List<ClientCertificateType> certificateTypes() {
        return types != null ? types : List.of();
    }

    /** The most certificates that a chain may have. */
    public int maxChainLength() {
        return maxChainLength;
    }

    /**
     * The policy with every list filled in, and checked.
     *
     * @param defaults the configuration's own schemes
     */
    ClientAuthentication completed(List<SignatureScheme> defaults) {
        if (!asks()) {
            return this;
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
