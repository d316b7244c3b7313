package dev.lockstep.server.http;

import dev.lockstep.tls.ConnectionInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The one page: what was negotiated and what the key's slowness cost, head and body in {@link #LENGTH} bytes. */
public final class HttpPage {

    /** The length of every page, head included: fixed, so that a client can count on it. */
    public static final int LENGTH = 1000;

    private static final int LONGEST_NAME = 48;

    /** The page has names that the client chose: whatever became of them, a browser runs and loads nothing. */
    private static final String CAREFUL =
            "\r\nContent-Security-Policy: default-src 'none'\r\nX-Content-Type-Options: nosniff";

    private static final String RESUMED = "An earlier session continues: no key was used.";

    private HttpPage() {}

    static byte[] render(ConnectionInfo info, KeyWait wait, boolean keepAlive) {
        StringBuilder body = new StringBuilder(LENGTH);
        body.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Lockstep</title></head>\n")
                .append("<body><h1>TLS 1.2, in lockstep</h1>\n<table>\n");
        row(body, "Cipher suite", info.cipherSuite().name());
        row(body, "Group", info.namedGroup() == null ? null : info.namedGroup().ianaName());
        row(
                body,
                "Signature",
                info.signatureScheme() == null ? null : info.signatureScheme().ianaName());
        row(body, "Client certificate", subject(info));
        row(body, "Server name", info.serverName());
        row(body, "Protocol (ALPN)", info.applicationProtocol());
        row(body, "Extended master secret", info.extendedMasterSecret() ? "yes" : "no");
        row(body, "Encrypt-then-MAC", info.encryptThenMac() ? "yes" : "no");
        body.append("</table>\n<p>")
                .append(info.resumed() ? RESUMED : story(wait))
                .append("</p>\n");
        return response("200 OK", keepAlive, body, "</body></html>\n");
    }

    /** Returns the page for a request that gets none. */
    static byte[] refusal(Refusal refusal, boolean keepAlive) {
        boolean allow = refusal == Refusal.METHOD_NOT_ALLOWED;
        return response(
                refusal.status() + (allow ? "\r\nAllow: GET, HEAD" : ""),
                keepAlive,
                new StringBuilder("<p>" + refusal.status() + "</p>\n"),
                "");
    }

    /**
     * Returns a page as the answer to a request. RFC 9110 6.2 permits HTTP/1.0 for clients that need it: what asks in it is
     * an old program or a script that compares the first line.
     *
     * @param head whether the method is HEAD, which has no body
     * @param http10 whether the request is of HTTP/1.0
     */
    static ByteBuffer answer(byte[] page, boolean head, boolean http10) {
        ByteBuffer all = ByteBuffer.wrap(page);
        if (http10) {
            page["HTTP/1.".length()] = '0';
        }
        for (int i = 4; head && i <= page.length; i++) {
            if (page[i - 4] == '\r' && page[i - 3] == '\n' && page[i - 2] == '\r' && page[i - 1] == '\n') {
                return all.limit(i);
            }
        }
        return all;
    }

    private static @Nullable String subject(ConnectionInfo info) {
        return info.peerCertificates().isEmpty()
                ? null
                : info.peerCertificates().get(0).getSubjectX500Principal().getName();
    }

    private static String story(KeyWait wait) {
        if (wait.suspensions() == 0) {
            return "The key answered immediately: the handshake was never suspended.";
        }
        return String.format(
                Locale.ROOT,
                "The key took %.1f ms. Meanwhile the same thread served %d other connection%s to the end"
                        + " and served others %d times.",
                wait.waitedNanos() / 1e6,
                wait.othersServed(),
                wait.othersServed() == 1 ? "" : "s",
                wait.othersTurns());
    }

    private static void row(StringBuilder body, String name, @Nullable String value) {
        String shown = value == null ? "none" : value;
        String cut = shown.length() > LONGEST_NAME ? shown.substring(0, LONGEST_NAME) + "..." : shown;
        body.append("<tr><td>").append(name).append("<td>").append(escape(cut)).append('\n');
    }

    /** Server names and ALPN names come from the client: nothing of them may become markup. */
    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            escaped.append(c < ' ' || c > '~' || "<>&\"'".indexOf(c) >= 0 ? '?' : c);
        }
        return escaped.toString();
    }

    private static byte[] response(String status, boolean keepAlive, StringBuilder body, String end) {
        String head = "HTTP/1.1 " + status
                + "\r\nContent-Type: text/html; charset=utf-8" + CAREFUL + "\r\nConnection: "
                + (keepAlive ? "keep-alive" : "close") + "\r\nContent-Length: ";
        // The body's length has three digits, whatever it is padded to.
        int bodyLength = LENGTH - head.length() - "999\r\n\r\n".length();
        int padding = bodyLength - body.length() - end.length();
        if (padding < 0) {
            throw new IllegalStateException("the page is " + -padding + " bytes too long");
        }
        body.append(" ".repeat(padding)).append(end);
        return (head + bodyLength + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII);
    }
}
