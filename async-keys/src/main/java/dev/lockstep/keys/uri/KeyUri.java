package dev.lockstep.keys.uri;

import dev.lockstep.keys.keyserver.KeyServerKeys;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The place of a private key: a file, a PKCS#11 token, a key server or an ssh-agent. Immutable. */
public sealed interface KeyUri permits KeyUri.InFile, KeyUri.InKeyServer, KeyUri.InSshAgent, KeyServerUri, Pkcs11Uri {

    /** The forms of a key's place, for messages. */
    String FORMS = "file:PATH, pkcs11:URI, keyserver:SOCKET, keyserver+tls://HOST:PORT?cert=&key=&ca= or"
            + " ssh-agent:[SOCKET]";

    /** The schemes that {@link #parse} knows, each with its colon. */
    List<String> SCHEMES = List.of("file:", "pkcs11:", "keyserver:", "keyserver+tls:", "ssh-agent:");

    /** Returns the place in a few words, without anything secret. */
    String describe();

    /** Returns the files with secrets that are read to get to the key. */
    default List<Path> secretFiles() {
        return List.of();
    }

    /** Whether {@code text} begins like a URI that another program may know. */
    private static boolean isUri(String scheme) {
        return scheme.matches("[a-z][a-z0-9+.-]+");
    }

    /** A PEM file: the key comes into this process. */
    record InFile(Path path) implements KeyUri {
        @Override
        public String describe() {
            return "file " + path;
        }

        @Override
        public List<Path> secretFiles() {
            return List.of(path);
        }
    }

    /** Lockstep's key server, behind a Unix-domain socket, and what it is asked for in place of a decryption. */
    record InKeyServer(Path socket, KeyServerKeys.Decryption decryption) implements KeyUri {
        @Override
        public String describe() {
            return "key server at " + socket;
        }
    }

    /** An ssh-agent behind a Unix-domain socket, null for the one that SSH_AUTH_SOCK names. */
    record InSshAgent(@Nullable Path socket) implements KeyUri {
        @Override
        public String describe() {
            return socket == null ? "ssh-agent" : "ssh-agent at " + socket;
        }
    }

    /**
     * Reads a key's place. What has no scheme is the path of a file, as it stands; after {@code file:}, {@code keyserver:}
     * and {@code ssh-agent:} the path may be percent-encoded.
     *
     * @throws IllegalArgumentException of the form "uri: cause; fix"
     */
    static KeyUri parse(String text) {
        int colon = text.indexOf(':');
        String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
        String rest = text.substring(colon + 1);
        return switch (scheme) {
            case "file" -> new InFile(encodedPath("file:", rest));
            case "pkcs11" -> Pkcs11Uri.parse(rest);
            case "keyserver" -> keyServer(rest);
            case "keyserver+tls" -> KeyServerUri.parse(rest);
            case "ssh-agent" -> new InSshAgent(rest.isEmpty() ? null : encodedPath("ssh-agent:", rest));
            default -> {
                if (isUri(scheme)) {
                    throw new IllegalArgumentException(
                            "uri: '" + scheme + ":' is no place of keys that is known here; use " + FORMS);
                }
                yield new InFile(path(text));
            }
        };
    }

    /** After the path may come what the key server decrypts: {@code ?decryption=or-random}, or none. */
    private static InKeyServer keyServer(String rest) {
        int question = rest.indexOf('?');
        Path socket = encodedPath("keyserver:", question < 0 ? rest : rest.substring(0, question));
        String query = question < 0 ? "decryption=none" : rest.substring(question + 1);
        if (!query.startsWith("decryption=")) {
            throw new IllegalArgumentException("uri: '?" + query + "' is not known behind keyserver:; use"
                    + " ?decryption=or-random for the RSA key exchange, or ?decryption=none");
        }
        return new InKeyServer(socket, KeyServerUri.decryption(query.substring("decryption=".length())));
    }

    private static Path encodedPath(String scheme, String encoded) {
        // RFC 8089: a path may come after an empty authority, file:///etc/key.pem
        String local = encoded.startsWith("///") ? encoded.substring(2) : encoded;
        if (local.startsWith("//")) {
            throw new IllegalArgumentException(
                    "uri: '" + scheme + encoded + "' names another machine; write " + scheme + "/path");
        }
        if (local.isEmpty()) {
            throw new IllegalArgumentException("uri: '" + scheme + "' names no path; write " + scheme + "/path");
        }
        return path(Percent.text(local));
    }

    private static Path path(String text) {
        try {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("uri: empty; use " + FORMS);
            }
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("uri: no path can be like this; check it", e);
        }
    }
}
