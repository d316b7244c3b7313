package dev.lockstep.tls.credential;

import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * A request to select credentials: the offer of the ClientHello, without unknown values.
 *
 * @param serverName the host name of the SNI extension, if the client sent one
 * @param cipherSuites the suites the client offers, in its order
 * @param groups the groups the client offers, in its order; empty when it sent no supported_groups
 * @param signatureSchemes the schemes the client accepts, in its order; empty when it sent no signature_algorithms
 * @param applicationProtocols the ALPN names the client offers, in its order
 * @param certificateAuthorities the authorities from which the client prefers certificates (certificate_authorities,
 *     RFC 8446 section 4.2.4), in its order; empty when it named none, or in a form that cannot be read
 * @param extensions every extension of the ClientHello in its order, known here or not: from its number to its
 *     extension_data. The map cannot be changed; the arrays belong to this request and must not be changed
 * @param deadlineNanos when the connection gives up waiting, in nanoseconds of its clock; empty if it does not
 */
public record CredentialRequest(
        @Nullable String serverName,
        List<CipherSuite> cipherSuites,
        List<NamedGroup> groups,
        List<SignatureScheme> signatureSchemes,
        List<String> applicationProtocols,
        List<X500Principal> certificateAuthorities,
        Map<Integer, byte[]> extensions,
        OptionalLong deadlineNanos) {

    public CredentialRequest {
        cipherSuites = List.copyOf(cipherSuites);
        groups = List.copyOf(groups);
        signatureSchemes = List.copyOf(signatureSchemes);
        applicationProtocols = List.copyOf(applicationProtocols);
        certificateAuthorities = List.copyOf(certificateAuthorities);
        extensions = Collections.unmodifiableMap(new LinkedHashMap<>(extensions));
    }

    /** Returns this request with another {@link #deadlineNanos}, for selectors that pass it on. */
    public CredentialRequest withDeadlineNanos(OptionalLong nanos) {
        return new CredentialRequest(
                serverName,
                cipherSuites,
                groups,
                signatureSchemes,
                applicationProtocols,
                certificateAuthorities,
                extensions,
                nanos);
    }
}
