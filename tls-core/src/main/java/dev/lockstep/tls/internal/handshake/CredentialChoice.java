package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.CredentialRequest;
import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.internal.extension.ApplicationProtocols;
import dev.lockstep.tls.internal.extension.CertificateAuthorities;
import dev.lockstep.tls.internal.extension.ServerName;
import dev.lockstep.tls.internal.extension.SignatureAlgorithms;
import dev.lockstep.tls.internal.extension.SupportedGroups;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.RefusedException;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which credentials are candidates for a client: those of its server name, or whatever a {@link CredentialSelector}
 * says. Comes after resumption is ruled out, since a resumed session needs no credential.
 */
final class CredentialChoice {

    /**
     * @param credentials in order of preference
     * @param serverNameUsed whether the client's server name decided
     */
    record Candidates(List<Credential> credentials, boolean serverNameUsed) {}

    private final Wait<List<Credential>> wait;

    private CredentialChoice(Wait<List<Credential>> wait) {
        this.wait = wait;
    }

    /** Asks the selector; the answer is {@link #candidates}'s. */
    static void start(HandshakeContext context, CredentialSelector selector) {
        ClientHello hello = context.clientHello();
        context.credentialChoice(new CredentialChoice(context.startWait(
                SuspensionKind.CREDENTIAL_SELECTION,
                late -> {},
                (waker, deadline) -> selector.start(request(hello, deadline), waker))));
    }

    /** The selector's answer; nothing chosen means the configured credentials. */
    Candidates candidates(HandshakeContext context) {
        Progress<List<Credential>> answer = wait.answer();
        context.endWait();
        if (wait.fellThrough()) {
            return configured(context.config(), context.clientHello());
        }
        if (answer instanceof Progress.Done<List<Credential>> done) {
            return done.value().isEmpty()
                    ? configured(context.config(), context.clientHello())
                    : new Candidates(List.copyOf(done.value()), serverName(context.clientHello()) != null);
        }
        Throwable cause = ((Progress.Failed<List<Credential>>) answer).cause();
        if (cause instanceof RefusedException refusal) {
            throw FatalAlert.of(refusal.alert(), refusal.reason(), refusal);
        }
        context.config().observer().onOperationFailed(SuspensionKind.CREDENTIAL_SELECTION, cause);
        throw FatalAlert.internalError("the credential selector failed", cause);
    }

    /** The configured credentials for the client's server name. */
    static Candidates configured(TlsServerConfig config, ClientHello hello) {
        String host = serverName(hello);
        List<Credential> own = host == null ? null : config.credentials().forHost(host);
        if (own != null) {
            return new Candidates(own, true);
        }
        List<Credential> defaults = config.credentials().defaults();
        if (defaults.isEmpty() && config.pskSource() != null && !config.requireKnownServerName()) {
            return new Candidates(List.of(), false); // a pre-shared key may do without any
        }
        // RFC 9325 3.7-1. RFC 6066 9-1: this alert goes only to who sent a name. RFC 6066 3: "If the server understood
        // the ClientHello extension but does not recognize the server name, the server SHOULD take one of two actions:
        // either abort the handshake by sending a fatal-level unrecognized_name(112) alert or continue the handshake."
        if (host != null && (config.requireKnownServerName() || defaults.isEmpty())) {
            throw FatalAlert.of(AlertDescription.UNRECOGNIZED_NAME, "no credential for the server name", null);
        }
        if (defaults.isEmpty()) {
            throw FatalAlert.handshakeFailure("no server name was sent and there is no default credential");
        }
        // RFC 6066 3-4: the name is acknowledged by a server that used it, and here it decided nothing.
        return new Candidates(defaults, false);
    }

    static @Nullable String serverName(ClientHello hello) {
        ServerName extension = hello.extensions().find(ServerName.class);
        return extension == null ? null : extension.hostName();
    }

    private static CredentialRequest request(ClientHello hello, OptionalLong deadlineNanos) {
        List<CipherSuite> suites = new ArrayList<>();
        for (int code : hello.cipherSuites()) {
            CipherSuite suite = CipherSuite.of(code);
            if (suite != null && !suites.contains(suite)) {
                suites.add(suite);
            }
        }
        SupportedGroups groups = hello.extensions().find(SupportedGroups.class);
        SignatureAlgorithms schemes = hello.extensions().find(SignatureAlgorithms.class);
        ApplicationProtocols protocols = hello.extensions().find(ApplicationProtocols.class);
        Map<Integer, byte[]> extensions = hello.extensions().received();
        return new CredentialRequest(
                serverName(hello),
                suites,
                groups == null ? List.of() : groups.known(),
                schemes == null ? List.of() : schemes.known(),
                protocols == null ? List.of() : protocols.protocols(),
                CertificateAuthorities.read(extensions.get(CertificateAuthorities.TYPE)),
                extensions,
                deadlineNanos);
    }
}
