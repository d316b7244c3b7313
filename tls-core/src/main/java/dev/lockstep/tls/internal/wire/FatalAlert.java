package dev.lockstep.tls.internal.wire;

import dev.lockstep.tls.spec.AlertDescription;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The peer, or something behind us, made going on impossible: names the alert where the fault is found; one place
 * sends it.
 *
 * <p>It is unchecked because any parser may throw it, and it has no stack trace because a peer can cause it at will.
 * The reason is a fixed phrase about the field at fault and never holds bytes of a secret.
 */
public final class FatalAlert extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final AlertDescription description;
    private final String reason;

    private FatalAlert(AlertDescription description, String reason, @Nullable Throwable cause) {
        super(reason, cause, false, false);
        this.description = description;
        this.reason = reason;
    }

    /** Returns the alert to send. */
    public AlertDescription description() {
        return description;
    }

    /** Returns what was wrong, in words. */
    public String reason() {
        return reason;
    }

    /** Returns a fatal alert of any description. */
    public static FatalAlert of(AlertDescription description, String reason, @Nullable Throwable cause) {
        return new FatalAlert(description, reason, cause);
    }

    /** RFC 5246 7.2.2: "some field was out of the specified range or the length of the message was incorrect". */
    public static FatalAlert decodeError(String reason) {
        return of(AlertDescription.DECODE_ERROR, reason, null);
    }

    /** RFC 5246 7.2.2: "A field in the handshake was out of range or inconsistent with other fields." */
    public static FatalAlert illegalParameter(String reason) {
        return of(AlertDescription.ILLEGAL_PARAMETER, reason, null);
    }

    /** RFC 5246 7.2.2: "An inappropriate message was received." */
    public static FatalAlert unexpectedMessage(String reason) {
        return of(AlertDescription.UNEXPECTED_MESSAGE, reason, null);
    }

    /** RFC 5246 7.2.2: no acceptable set of security parameters. */
    public static FatalAlert handshakeFailure(String reason) {
        return of(AlertDescription.HANDSHAKE_FAILURE, reason, null);
    }

    /** RFC 5246 7.2.2: a fault that is not the peer's. */
    public static FatalAlert internalError(String reason, @Nullable Throwable cause) {
        return of(AlertDescription.INTERNAL_ERROR, reason, cause);
    }

    /** RFC 5246 7.2.2: "including being unable to correctly verify a signature or validate a Finished message". */
    public static FatalAlert decryptError(String reason) {
        return of(AlertDescription.DECRYPT_ERROR, reason, null);
    }

    /** RFC 5246 7.2.2: the one answer to every record that does not open. */
    public static FatalAlert badRecordMac(String reason) {
        return of(AlertDescription.BAD_RECORD_MAC, reason, null);
    }

    /** RFC 5246 7.2.2: a record longer than its form allows. */
    public static FatalAlert recordOverflow(String reason) {
        return of(AlertDescription.RECORD_OVERFLOW, reason, null);
    }

    /** RFC 5246 7.2.2: "recognized but not supported". */
    public static FatalAlert protocolVersion(String reason) {
        return of(AlertDescription.PROTOCOL_VERSION, reason, null);
    }

    /** RFC 7919 4: FFDHE groups were offered, but none that is acceptable. */
    public static FatalAlert insufficientSecurity(String reason) {
        return of(AlertDescription.INSUFFICIENT_SECURITY, reason, null);
    }

    /** RFC 7301 3.2: no protocol in common. */
    public static FatalAlert noApplicationProtocol(String reason) {
        return of(AlertDescription.NO_APPLICATION_PROTOCOL, reason, null);
    }

    /** RFC 7507 3: a fallback that was not needed. */
    public static FatalAlert inappropriateFallback(String reason) {
        return of(AlertDescription.INAPPROPRIATE_FALLBACK, reason, null);
    }

    /** RFC 6066 3: a name this server does not serve. */
    public static FatalAlert unrecognizedName(String reason) {
        return of(AlertDescription.UNRECOGNIZED_NAME, reason, null);
    }
}
