package dev.lockstep.jsse.engine;

import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.spec.AlertDescription;
import java.io.IOException;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLProtocolException;

/** Failures of connections as the exceptions of {@code javax.net.ssl}. */
public final class Failures {

    private Failures() {}

    /**
     * Returns the exception that the JDK's own engines throw in such a case, with the failure as its cause: a
     * {@code SSLProtocolException} for a message out of order, else a {@code SSLHandshakeException} during a handshake.
     */
    public static SSLException of(TlsException failure, boolean handshaking) {
        String message = failure.getMessage();
        SSLException exception = failure.alert() == AlertDescription.UNEXPECTED_MESSAGE
                ? new SSLProtocolException(message)
                : handshaking ? new SSLHandshakeException(message) : new SSLException(message);
        exception.initCause(failure);
        return exception;
    }

    /**
     * Returns the exception for what has ended a connection on a socket: a failure, a time limit, or something that the
     * socket itself says, which stays what it is.
     */
    public static IOException of(IOException failure, boolean handshaking) {
        if (failure instanceof TlsException tls) {
            return of(tls, handshaking);
        }
        if (!(failure instanceof SocketTimeoutException)) {
            return failure;
        }
        // A SocketTimeoutException says that one may try again, and here there is nothing left to try.
        String message = failure.getMessage();
        SSLException exception = handshaking ? new SSLHandshakeException(message) : new SSLException(message);
        exception.initCause(failure);
        return exception;
    }

    /** Returns the failure of an application that asks for another handshake in vain. */
    public static SSLException renegotiationRefused() {
        return new SSLException(
                "renegotiation is not allowed now: by the configuration's RenegotiationPolicy, by its limits,"
                        + " because the client does not know RFC 5746 or has left the last request unanswered");
    }
}
