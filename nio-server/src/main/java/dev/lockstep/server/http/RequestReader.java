package dev.lockstep.server.http;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the heads of requests, one after the other (RFC 9112 &sect;2 to &sect;5). Keeps the line that is being read, at most
 * {@link #LONGEST_LINE} bytes of it, and nothing of the fields that the page has no use for, which may be longer. Not
 * thread-safe.
 */
public final class RequestReader {

    /** The bytes of one head. */
    static final int LONGEST_HEAD = 1 << 18;

    /** The bytes of a request line, and of a field that is of use. */
    static final int LONGEST_LINE = 8192;

    private static final Pattern TARGET = Pattern.compile("[!-~]+");
    private static final Pattern VERSION = Pattern.compile("HTTP/\\d\\.\\d");
    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");
    private static final Pattern ZERO = Pattern.compile("0+");
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    /** RFC 3986 3.2.2 and 3.2.3: a name, which may be empty, or an address in brackets, and a port. */
    private static final Pattern HOST = Pattern.compile(
            "([0-9A-Za-z._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*(:[0-9]*)?|\\[[0-9A-Za-z:._~!$&'()*+,;=-]+\\](:[0-9]*)?");

    private static final Pattern ORIGIN = Pattern.compile("(?i)^https?://[^/?]*");
    private static final Set<String> USED = Set.of("host", "connection", "content-length", "transfer-encoding");

    private final StringBuilder line = new StringBuilder();
    private int headBytes;
    private boolean overlong;
    private boolean begun;
    private String method = "";
    private String target = "";
    private boolean http10;
    private int hosts;
    private boolean close;
    private boolean keepAlive;
    private boolean body;
    private @Nullable String length;
    private @Nullable Refusal refusal;

    /**
     * Takes bytes up to the end of a head. One that is no request is answered when it ends, as a request is: until then its
     * client may be in the middle of a line, or of a renegotiation.
     *
     * @param data in read mode; what follows the head stays in it
     * @return whether a head is complete, or too long
     */
    public boolean take(ByteBuffer data) {
        while (data.hasRemaining()) {
            headBytes++;
            char c = (char) (data.get() & 0xff);
            if (c == '\n') {
                if (endOfLine()) {
                    return true;
                }
            } else if (line.length() < LONGEST_LINE) {
                line.append(c);
            } else {
                overlong = true;
            }
            if (headBytes > LONGEST_HEAD) {
                refuse(begun ? Refusal.FIELDS_TOO_LARGE : Refusal.URI_TOO_LONG);
            }
            if (headBytes > LONGEST_HEAD || refusal == Refusal.URI_TOO_LONG || refusal == Refusal.FIELDS_TOO_LARGE) {
                return true;
            }
        }
        return false;
    }

    /** Whether a part of a head has arrived. */
    boolean hasBegun() {
        return headBytes > 0;
    }

    /** Forgets the head that was complete. */
    void reset() {
        line.setLength(0);
        headBytes = 0;
        overlong = false;
        begun = false;
        http10 = false;
        hosts = 0;
        close = false;
        keepAlive = false;
        body = false;
        length = null;
    }

    /** RFC 9112 2.2: a line feed alone ends a line too, and empty lines before a request are ignored. */
    private boolean endOfLine() {
        int end = line.length();
        if (end > 0 && !overlong && line.charAt(end - 1) == '\r') {
            line.setLength(end - 1);
        }
        String text = line.toString();
        line.setLength(0);
        boolean cut = overlong;
        overlong = false;
        if (text.isEmpty()) {
            if (begun) {
                complete();
            } else {
                headBytes = 0;
            }
            return begun;
        }
        if (!begun) {
            begun = true;
            requestLine(text, cut);
        } else {
            field(text, cut);
        }
        return false;
    }

    private void requestLine(String text, boolean cut) {
        String[] parts = text.split(" ", -1);
        if (cut) {
            refuse(Refusal.URI_TOO_LONG);
        } else if (parts.length != 3
                || !isToken(parts[0])
                || !TARGET.matcher(parts[1]).matches()
                || !VERSION.matcher(parts[2]).matches()) {
            refuse(Refusal.BAD_REQUEST);
        } else if (!parts[2].startsWith("HTTP/1.")) {
            refuse(Refusal.VERSION_NOT_SUPPORTED);
        } else {
            method = parts[0];
            target = parts[1];
            http10 = parts[2].equals("HTTP/1.0");
        }
    }

    private void field(String text, boolean cut) {
        int colon = text.indexOf(':');
        if (colon < 1 || !isToken(text.substring(0, colon)) || hasControls(text)) {
            refuse(Refusal.BAD_REQUEST);
            return;
        }
        String name = text.substring(0, colon).toLowerCase(Locale.ROOT);
        if (!USED.contains(name)) {
            return;
        }
        if (cut) {
            refuse(Refusal.FIELDS_TOO_LARGE);
            return;
        }
        String value = text.substring(colon + 1).strip();
        switch (name) {
            case "host" -> host(value);
            case "transfer-encoding" -> body = true;
            case "content-length" -> contentLength(value);
            default -> {
                for (String option : value.toLowerCase(Locale.ROOT).split(",", -1)) {
                    close |= option.strip().equals("close");
                    keepAlive |= option.strip().equals("keep-alive");
                }
            }
        }
    }

    /** RFC 9112 3.2: a Host field with an invalid value is answered with 400. */
    private void host(String value) {
        hosts++;
        if (!HOST.matcher(value).matches()) {
            refuse(Refusal.BAD_REQUEST);
        }
    }

    /** RFC 9112 6.3: a length that is no number, or several that differ, leave the end of the request unknown. */
    private void contentLength(String value) {
        if (!LENGTH.matcher(value).matches() || (length != null && !length.equals(value))) {
            refuse(Refusal.BAD_REQUEST);
        }
        length = value;
    }

    /** RFC 9112 3.2: a request of HTTP/1.1 has one Host field. RFC 9112 6.1: two statements of its length are an attack. */
    private void complete() {
        if (hosts > 1 || (hosts == 0 && !http10) || (body && length != null)) {
            refuse(Refusal.BAD_REQUEST);
        }
        body |= length != null && !ZERO.matcher(length).matches();
    }

    private void refuse(Refusal why) {
        refusal = refusal == null ? why : refusal;
    }

    private static boolean isToken(String text) {
        return TOKEN.matcher(text).matches();
    }

    private static boolean hasControls(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                return true;
            }
        }
        return false;
    }

    /** Whether the request is of HTTP/1.0. */
    boolean isHttp10() {
        return http10;
    }

    /** Returns what is wrong with the request itself, whatever it asks for; null for nothing. */
    public @Nullable Refusal refusal() {
        if (refusal != null) {
            return refusal;
        }
        return method.equals("GET") || isHead() ? null : Refusal.METHOD_NOT_ALLOWED;
    }

    /** Returns the path that the request asks for, as it was sent; empty if there is none. */
    public String path() {
        String local = target.startsWith("/") ? target : ORIGIN.matcher(target).replaceFirst("");
        int query = local.indexOf('?');
        String path = query < 0 ? local : local.substring(0, query);
        return path.isEmpty() && !target.startsWith("?") ? "/" : path;
    }

    /** Whether the answer has no body. */
    public boolean isHead() {
        return method.equals("HEAD");
    }

    /** Whether the connection serves another request: not after one with a body, which is not read. */
    boolean keepsConnection() {
        return refusal == null && !close && !body && (!http10 || keepAlive);
    }
}
