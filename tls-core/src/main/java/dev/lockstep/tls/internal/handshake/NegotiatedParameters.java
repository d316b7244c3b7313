package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.message.HelloRandom;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What both sides agreed on: fixed when ServerHello is sent.
 *
 * @param cipherSuite the suite
 * @param credential whose certificate and key serve this connection; null where none is needed (resumption, PSK)
 * @param group the group of the ephemeral key; null for the RSA key exchange
 * @param signatureScheme how ServerKeyExchange is signed; null for the RSA key exchange
 * @param serverName the host name the client asked for, or null
 * @param serverNameUsed whether that name decided which credential serves (RFC 6066 section 3)
 * @param applicationProtocol the ALPN name, or null
 * @param extendedMasterSecret RFC 7627
 * @param encryptThenMac RFC 7366
 * @param secureRenegotiation whether the client knows RFC 5746
 * @param resumed whether this continues an earlier session
 * @param clientRandom ClientHello.random
 * @param serverRandom ServerHello.random
 */
public record NegotiatedParameters(
        CipherSuite cipherSuite,
        @Nullable Credential credential,
        @Nullable NamedGroup group,
        @Nullable SignatureScheme signatureScheme,
        @Nullable String serverName,
        boolean serverNameUsed,
        @Nullable String applicationProtocol,
        boolean extendedMasterSecret,
        boolean encryptThenMac,
        boolean secureRenegotiation,
        boolean resumed,
        HelloRandom clientRandom,
        HelloRandom serverRandom) {

    Credential requireCredential() {
        return Objects.requireNonNull(credential, "this key exchange has a certificate");
    }

    NamedGroup requireGroup() {
        return Objects.requireNonNull(group, "an ephemeral key exchange has a group");
    }

    SignatureScheme requireSignatureScheme() {
        return Objects.requireNonNull(signatureScheme, "an ephemeral key exchange has a signature scheme");
    }
}
