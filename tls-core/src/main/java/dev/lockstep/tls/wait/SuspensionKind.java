package dev.lockstep.tls.wait;

import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.key.KeyAgreementRequest;
import dev.lockstep.tls.psk.PskSource;

/** What a connection that answers {@code ASYNC_IN_PROGRESS} is waiting for. */
public enum SuspensionKind {
    /** A {@code SessionStore} is looking for the session that the client named by its id. */
    SESSION_LOOKUP,
    /** A {@code TicketProtector} is opening the client's session ticket. */
    TICKET_OPENING,
    /** A {@link CredentialSelector} is choosing the certificate. */
    CREDENTIAL_SELECTION,
    /** The private key is signing ServerKeyExchange. */
    SIGN,
    /** The private key is decrypting the premaster secret of ClientKeyExchange. */
    DECRYPT,
    /** A {@code ClientCertificateVerifier} is judging the client's certificate. */
    CLIENT_CERTIFICATE,
    /** A {@link PskSource} is looking for the pre-shared key of the client's identity. */
    PSK_LOOKUP,
    /** The shared secret is computed elsewhere: {@link KeyAgreementRequest}. */
    KEY_AGREEMENT
}
