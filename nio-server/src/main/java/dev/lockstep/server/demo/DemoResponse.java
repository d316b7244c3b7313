package dev.lockstep.server.demo;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * An answer.
 *
 * @param status code and reason
 * @param type of the body
 * @param body the whole of it
 */
record DemoResponse(String status, String type, String body) {

    static final String TEXT = "text/plain; charset=utf-8";

    /** Everything comes from this server, nothing stands in the page itself, and no other page may embed it. */
    private static final String POLICY =
            "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';"
                    + " img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
                    + "X-Content-Type-Options: nosniff\r\n"
                    + "Referrer-Policy: no-referrer\r\n"
                    + "Cache-Control: no-store\r\n";

    /** The head of the stream of events, which ends with its connection. */
    static final String EVENT_STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n"
            + POLICY + "\r\nretry: 1000\n\n";

    static DemoResponse text(String status, String line) {
        return new DemoResponse(status, TEXT, line + "\n");
    }

    /** Returns the bytes to send. */
    ByteBuffer bytes(boolean withBody, boolean keepsConnection) {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        byte[] head = ("HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + content.length
                        + "\r\n" + (keepsConnection ? "" : "Connection: close\r\n") + POLICY + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer whole = ByteBuffer.allocate(head.length + (withBody ? content.length : 0))
                .put(head);
        if (withBody) {
            whole.put(content);
        }
        return whole.flip();
    }
}
