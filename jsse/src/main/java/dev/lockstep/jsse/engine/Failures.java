package dev.lockstep.jsse.engine;

import dev.lockstep.nio.PlainHttpException;
import dev.lockstep.nio.TruncatedException;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.spec.AlertDescription;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
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
     * Returns the exception for what has ended a connection on a socket, as the JDK's sockets have it: an {@code SSLException}
     * for whatever the client has done wrong, a {@code SocketException} for a fault of the network. The end of a stream
     * without close_notify has an {@code EOFException} as its cause there.
     */
    public static IOException of(IOException failure, boolean handshaking) {
        if (failure instanceof TlsException tls) {
            return of(tls, handshaking);
        }
        String message = failure.getMessage();
        if (failure instanceof TruncatedException) {
            Throwable end = new EOFException(message).initCause(failure);
            SSLException truncated =
                    handshaking ? new SSLHandshakeException(message) : new SSLProtocolException(message);
            truncated.initCause(end);
            return truncated;
        }
        if (failure instanceof SocketTimeoutException
                || failure instanceof PlainHttpException
                || failure instanceof EOFException) {
            // A SocketTimeoutException says that one may try again, and here there is nothing left to try.
            SSLException exception = handshaking ? new SSLHandshakeException(message) : new SSLException(message);
            exception.initCause(failure);
            return exception;
        }
        if (failure instanceof SSLException || failure instanceof SocketException) {
            return failure;
        }
        SocketException broken = new SocketException(message); // a channel's plain IOException: a broken pipe, say
        broken.initCause(failure);
        return broken;
    }

    /** Returns the failure of an application that asks for another handshake in vain. */
    public static SSLException renegotiationRefused() {
        return new SSLException(
                "renegotiation is not allowed now: by the configuration's RenegotiationPolicy, by its limits,"
                        + " because the client does not know RFC 5746 or has left the last request unanswered");
    }
}
