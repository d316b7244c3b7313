package dev.lockstep.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Thrown for a client that speaks HTTP without TLS, most often because of an http: link to the port. {@link
 * TlsChannel#close} then sends it a response with status 400 in plain text in place of an alert, which it could not
 * read.
 */
public final class PlainHttpException extends IOException {

    private static final long serialVersionUID = 1L;

    /** RFC 9110 section 9, PATCH of RFC 5789 and the preface of HTTP/2; none of them begins like a TLS record. */
    private static final List<String> BEGINNINGS =
            List.of("GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "CONNECT ", "OPTIONS ", "TRACE ", "PATCH ", "PRI * ");

    private static final String BODY = "400 Bad Request: this port speaks HTTP over TLS only; use https:\n";

    PlainHttpException() {
        super("the client speaks plain HTTP on a TLS port");
    }

    /** Returns whether the first bytes of a connection begin an HTTP request. They are not moved. */
    static boolean isHttp(ByteBuffer first) {
        for (String beginning : BEGINNINGS) {
            if (startsWith(first, beginning)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(ByteBuffer bytes, String text) {
        if (bytes.remaining() < text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (bytes.get(bytes.position() + i) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    static byte[] answer() {
        String head = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: "
                + BODY.length() + "\r\n\r\n";
        return (head + BODY).getBytes(StandardCharsets.US_ASCII);
    }
}
