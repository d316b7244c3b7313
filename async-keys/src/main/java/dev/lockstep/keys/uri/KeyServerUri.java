package dev.lockstep.keys.uri;

import dev.lockstep.keys.keyserver.KeyServerKeys;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A key server over TCP with mutual TLS: {@code keyserver+tls://HOST:PORT?cert=FILE&key=FILE&ca=FILE}, and
 * {@code &decryption=or-random} if it is to decrypt. An IPv6 address stands in brackets; the files are percent-encoded.
 *
 * @param host the name or address that the key server's certificate must be for
 * @param cert the client's certificate chain
 * @param key its private key
 * @param ca who issued the key server's certificate
 */
public record KeyServerUri(String host, int port, Path cert, Path key, Path ca, KeyServerKeys.Decryption decryption)
        implements KeyUri {

    private static final String FORM = "write keyserver+tls://HOST:PORT?cert=FILE&key=FILE&ca=FILE";

    private static final List<String> NEEDED = List.of("cert", "key", "ca");

    /** Returns the files that are needed to reach it. */
    public List<Path> files() {
        return List.of(cert, key, ca);
    }

    @Override
    public List<Path> secretFiles() {
        return List.of(key);
    }

    @Override
    public String describe() {
        return "key server at " + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Reads what stands behind {@code keyserver+tls:}. */
    static KeyServerUri parse(String text) {
        int question = text.indexOf('?');
        String authority = question < 0 ? text : text.substring(0, question);
        int colon = authority.lastIndexOf(':');
        if (!authority.startsWith("//") || colon < 3) {
            throw new IllegalArgumentException("uri: '" + authority + "' has no host and port; " + FORM);
        }
        String host = authority.substring(2, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":") || host.contains("/") || host.contains("@")) {
            throw new IllegalArgumentException("uri: '" + host + "' is no host name; " + FORM);
        }
        Map<String, String> query = query(question < 0 ? "" : text.substring(question + 1));
        for (String name : NEEDED) {
            if (!query.containsKey(name)) {
                throw new IllegalArgumentException("uri: '" + name + "=' is missing; " + FORM);
            }
        }
        return new KeyServerUri(
                host,
                port(authority.substring(colon + 1).replaceFirst("/$", "")),
                path(query.getOrDefault("cert", "")),
                path(query.getOrDefault("key", "")),
                path(query.getOrDefault("ca", "")),
                decryption(query.getOrDefault("decryption", "none")));
    }

    private static Map<String, String> query(String text) {
        Map<String, String> found = new HashMap<>();
        for (String item : text.isEmpty() ? new String[0] : text.split("&", -1)) {
            int equals = item.indexOf('=');
            String name = equals < 0 ? item : item.substring(0, equals);
            if (equals < 0 || !(NEEDED.contains(name) || name.equals("decryption"))) {
                throw new IllegalArgumentException("uri: '" + name + "' is not known here; " + FORM);
            }
            if (found.put(name, item.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("uri: '" + name + "' is there twice; give it once");
            }
        }
        return found;
    }

    /** Returns whether a key server is asked to decrypt, as a URI says it. */
    static KeyServerKeys.Decryption decryption(String value) {
        return switch (value) {
            case "or-random" -> KeyServerKeys.Decryption.OR_RANDOM;
            case "none" -> KeyServerKeys.Decryption.NONE;
            default ->
                throw new IllegalArgumentException("uri: decryption=" + value
                        + " is not known; use decryption=or-random" + " for the RSA key exchange, or decryption=none");
        };
    }

    private static int port(String text) {
        if (text.matches("\\d{1,5}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= 65535) {
            return Integer.parseInt(text);
        }
        throw new IllegalArgumentException("uri: '" + text + "' is no port; give 1 to 65535");
    }

    private static Path path(String encoded) {
        try {
            if (encoded.isEmpty()) {
                throw new IllegalArgumentException("uri: a file has no name; " + FORM);
            }
            return Path.of(Percent.text(encoded));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("uri: no path can be like this; check it", e);
        }
    }
}
