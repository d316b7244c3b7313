package dev.lockstep.server.demo;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request, as far as the demo needs it.
 *
 * @param method as the client wrote it
 * @param path without the query
 * @param http11 whether the connection stays open unless a field says otherwise
 * @param fields by their names in lower case; of several with one name the last
 */
record DemoRequest(String method, String path, boolean http11, Map<String, String> fields) {

    /** Of several with different values it would be unclear where the request ends, or whom it is for. */
    private static final Set<String> SINGLE = Set.of("content-length", "transfer-encoding", "host");

    /** Reads a head without its empty line; returns null if it is not one. */
    static @Nullable DemoRequest parse(String head) {
        List<String> lines = head.lines().toList();
        String[] first = lines.isEmpty() ? new String[0] : lines.get(0).split(" ", -1);
        if (first.length != 3 || !first[1].startsWith("/") || !first[2].matches("HTTP/1\\.[01]")) {
            return null;
        }
        Map<String, String> fields = new HashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            String name = line.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT);
            if (!name.matches("[!#$%&'*+.^_`|~0-9a-z-]+")) {
                return null;
            }
            boolean again = fields.put(name, line.substring(colon + 1).trim()) != null;
            if (again && SINGLE.contains(name)) {
                return null;
            }
        }
        int query = first[1].indexOf('?');
        return new DemoRequest(
                first[0], query < 0 ? first[1] : first[1].substring(0, query), first[2].endsWith("1"), fields);
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    /** Returns whether a body follows: nothing here takes one. */
    boolean hasBody() {
        return fields.containsKey("transfer-encoding")
                || !fields.getOrDefault("content-length", "0").equals("0");
    }

    boolean keepsConnection() {
        return http11 && !fields.getOrDefault("connection", "").equalsIgnoreCase("close");
    }

    /** Returns whether a script of the demo's own page has sent it: a page of another origin cannot add this field. */
    boolean isOwnScript() {
        return fields.containsKey("x-lockstep-demo");
    }
}
