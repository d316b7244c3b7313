package dev.lockstep.tls.wait;

import dev.lockstep.tls.spec.AlertDescription;

/**
 * A selector's refusal to serve a client, with the alert that the client receives. A {@code CredentialSelector} throws
 * it, or fails with it as the cause; an {@code ApplicationProtocolSelector} throws it. It is a decision and not a
 * failure: observers do not receive it as a failed operation. A {@code KeyAgreementRequest} throws it if the client's
 * public value is not valid.
 *
 * <p>In other SPIs it is an ordinary exception, because an alert of their choice could reveal something about a secret
 * to a peer.
 */
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final AlertDescription alert;

    /**
     * Creates a refusal.
     *
     * @param alert the fatal alert for the client: {@code unrecognized_name} or {@code access_denied}, for instance
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

    /** Returns the alert for the client. */
    public AlertDescription alert() {
        return alert;
    }

    /** Returns the reason, for the application only. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
