package dev.lockstep.tls.wait;

import dev.lockstep.tls.spec.AlertDescription;

/**
 * The decision of a selector not to serve a client, which is told so with an alert of the selector's choice. A
 * {@code CredentialSelector} throws it, or fails with it as the cause; an {@code ApplicationProtocolSelector} throws it.
 * It is a decision and not a failure: no observer hears of a failed operation. A {@code KeyAgreementRequest} throws it too,
 * about the client's public value.
 *
 * <p>Other SPIs do not know it: there it is an exception as any other, because an alert of their choice could tell a peer
 * something about a secret.
 */
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final AlertDescription alert;

    /**
     * Creates a refusal.
     *
     * @param alert what the client is told, as a fatal alert: {@code unrecognized_name} or {@code access_denied}, for
     *     instance
     * @param reason why, for the application only
     * @throws IllegalArgumentException when the alert {@linkplain AlertDescription#mayBeFatal may not be fatal}
     */
    public RefusedException(AlertDescription alert, String reason) {
        super(reason);
        if (!alert.mayBeFatal()) {
            throw new IllegalArgumentException("alert: " + alert.ianaName() + " refuses nothing; give another");
        }
        this.alert = alert;
    }

    /** Returns what the client is told. */
    public AlertDescription alert() {
        return alert;
    }

    /** Returns why, for the application. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
