package dev.lockstep.jsse.setting;

import dev.lockstep.jsse.session.SchemeNames;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.AlgorithmConstraints;
import java.security.CryptoPrimitive;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * What {@code SSLParameters} leave of the groups, signature schemes and suites of a configuration. They never add any.
 *
 * @param constraints are asked for each suite, group and scheme by its name, and for the algorithms of the latter two by
 *     those of the JDK; null for none
 * @param groups names, most preferred first; null for those of the configuration
 * @param schemes the same of signature schemes
 */
record Algorithms(
        @Nullable AlgorithmConstraints constraints,
        @Nullable List<String> groups,
        @Nullable List<String> schemes) {

    static final Algorithms ALL = new Algorithms(null, null, null);

    private static final Set<CryptoPrimitive> AGREEMENT = Set.copyOf(EnumSet.of(CryptoPrimitive.KEY_AGREEMENT));
    private static final Set<CryptoPrimitive> SIGNATURE = Set.copyOf(EnumSet.of(CryptoPrimitive.SIGNATURE));

    /**
     * Returns those of the parameters.
     *
     * @param before the constraints that stay where the parameters have none
     */
    static Algorithms of(SSLParameters parameters, @Nullable AlgorithmConstraints before) {
        AlgorithmConstraints given = parameters.getAlgorithmConstraints();
        return new Algorithms(
                given != null ? given : before,
                LaterParameters.GROUPS.of(parameters),
                LaterParameters.SCHEMES.of(parameters));
    }

    void show(SSLParameters parameters) {
        parameters.setAlgorithmConstraints(constraints);
        LaterParameters.GROUPS.set(parameters, groups);
        LaterParameters.SCHEMES.set(parameters, schemes);
    }

    /**
     * Returns the configuration with what is left of it.
     *
     * @param suites whether its suites count, and no others take their place
     * @throws ConfigException when nothing is left of something
     */
    TlsServerConfig of(TlsServerConfig config, boolean suites) {
        if (equals(ALL)) {
            return config;
        }
        List<NamedGroup> leftGroups =
                left("named groups", config.groups(), groups, NamedGroup::ianaName, this::permits);
        List<SignatureScheme> leftSchemes =
                left("signature schemes", config.signatureSchemes(), schemes, SignatureScheme::ianaName, this::permits);
        List<CipherSuite> leftSuites = suites ? suites(config.cipherSuites()) : config.cipherSuites();
        TlsServerConfigBuilder builder = config.toBuilder();
        // what stays as it is, stays as unchecked as it is: a policy's list may have more than this server can use
        if (!leftGroups.equals(config.groups())) {
            builder.groups(leftGroups);
        }
        if (!leftSchemes.equals(config.signatureSchemes())) {
            builder.signatureSchemes(leftSchemes);
        }
        if (!leftSuites.equals(config.cipherSuites())) {
            builder.cipherSuites(leftSuites);
        }
        return builder.build();
    }

    /** Returns the suites that are permitted, with the same exception. */
    List<CipherSuite> suites(List<CipherSuite> enabled) {
        return left("cipher suites", enabled, null, CipherSuite::name, suite -> permits(AGREEMENT, suite.name()));
    }

    private static <T> List<T> left(
            String kind,
            List<T> configured,
            @Nullable List<String> named,
            Function<T, String> name,
            Predicate<T> permitted) {
        List<T> left = new ArrayList<>();
        for (String each : named == null ? configured.stream().map(name).toList() : named) {
            for (T one : configured) {
                if (name.apply(one).equalsIgnoreCase(each) && permitted.test(one) && !left.contains(one)) {
                    left.add(one);
                }
            }
        }
        if (left.isEmpty() && !configured.isEmpty()) {
            throw new ConfigException(
                    "SSLParameters",
                    "its " + kind + " and algorithm constraints permit none of the configuration's",
                    "permit one of "
                            + String.join(", ", configured.stream().map(name).toList()));
        }
        return left;
    }

    private boolean permits(NamedGroup group) {
        String algorithm = group.isFiniteField()
                ? "DiffieHellman"
                : group == NamedGroup.X25519 || group == NamedGroup.X448 ? "XDH" : "EC";
        return permits(AGREEMENT, group.ianaName()) && permits(AGREEMENT, algorithm);
    }

    private boolean permits(SignatureScheme scheme) {
        String keys =
                switch (scheme.family()) {
                    case RSA_PKCS1, RSA_PSS_RSAE -> "RSA";
                    case RSA_PSS_PSS -> "RSASSA-PSS";
                    case ECDSA -> "EC";
                    case ED25519, ED448 -> "EdDSA";
                };
        return permits(SIGNATURE, scheme.ianaName())
                && permits(SIGNATURE, keys)
                && permits(SIGNATURE, SchemeNames.of(scheme));
    }

    @SuppressWarnings("NullAway") // the parameters may be null by the contract of the JDK's interface
    private boolean permits(Set<CryptoPrimitive> primitives, String algorithm) {
        return constraints == null || constraints.permits(primitives, algorithm, null);
    }
}
