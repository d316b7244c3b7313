package dev.lockstep.tls.credential;

import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link CredentialSelector} may decide on: the offer of the ClientHello, unknown values left out.
 *
 * @param serverName the host name of the SNI extension, if the client sent one
 * @param cipherSuites the suites the client offers, in its order
 * @param groups the groups the client offers, in its order; empty when it sent no supported_groups
 * @param signatureSchemes the schemes the client accepts, in its order; empty when it sent no signature_algorithms
 * @param applicationProtocols the ALPN names the client offers, in its order
 * @param deadlineNanos when the connection gives up waiting, in nanoseconds of its clock
 */
public record CredentialRequest(
        @Nullable String serverName,
        List<CipherSuite> cipherSuites,
        List<NamedGroup> groups,
        List<SignatureScheme> signatureSchemes,
        List<String> applicationProtocols,
        OptionalLong deadlineNanos) {

    public CredentialRequest {
        cipherSuites = List.copyOf(cipherSuites);
        groups = List.copyOf(groups);
        signatureSchemes = List.copyOf(signatureSchemes);
        applicationProtocols = List.copyOf(applicationProtocols);
    }
}
