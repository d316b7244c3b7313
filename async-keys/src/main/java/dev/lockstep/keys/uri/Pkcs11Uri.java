package dev.lockstep.keys.uri;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A key in a PKCS#11 token, in the form of RFC 7512.
 *
 * <p>Which key of the token is meant follows from the certificate that it is to serve: {@code object}, {@code id} and
 * {@code type=private} are read, because other tools print them, and change nothing. A PIN is never part of the URI,
 * where every user of the machine could read it.
 *
 * @param token what is asked of the token, its slot and its library, by the names that {@link TokenSlots} knows
 * @param slotId the library's number of the slot
 * @param modulePath the library, or null
 * @param moduleName the library's file name without "lib" and ending, or null
 * @param pinFile the file whose content is the PIN, or null
 * @param pinVariable the environment variable with the PIN, or null
 */
public record Pkcs11Uri(
        Map<String, String> token,
        OptionalLong slotId,
        @Nullable Path modulePath,
        @Nullable String moduleName,
        @Nullable Path pinFile,
        @Nullable String pinVariable)
        implements KeyUri {

    /** The environment variable with the PIN of a token whose URI has no pin-source. */
    public static final String PIN_VARIABLE = "LOCKSTEP_PKCS11_PIN";

    /** RFC 7512's names of what a token, its slot and its library say about themselves, and {@link TokenSlots}' names. */
    private static final Map<String, String> TOKEN_FACTS = Map.of(
            "token", "label",
            "manufacturer", "manufacturerID",
            "model", "model",
            "serial", "serialNumber",
            "slot-description", "slot slotDescription",
            "slot-manufacturer", "slot manufacturerID",
            "library-description", "library libraryDescription",
            "library-manufacturer", "library manufacturerID",
            "library-version", "library libraryVersion");

    private static final List<String> PATH_ATTRIBUTES = List.of(
            "token",
            "manufacturer",
            "model",
            "serial",
            "slot-id",
            "slot-description",
            "slot-manufacturer",
            "library-description",
            "library-manufacturer",
            "library-version",
            "object",
            "id",
            "type");

    /** Attributes of vendors have no other mark; RFC 7512 2.3 leaves their names open, and these begin so in practice. */
    private static final String VENDOR_MARK = "x-";

    private static final List<String> QUERY_ATTRIBUTES =
            List.of("module-path", "module-name", "pin-source", "pin-value");

    /** Copies what can be changed. */
    public Pkcs11Uri {
        token = Map.copyOf(token);
    }

    @Override
    public List<Path> secretFiles() {
        return pinFile == null ? List.of() : List.of(pinFile);
    }

    @Override
    public String describe() {
        String label = token.get("label");
        return label == null ? "PKCS#11 token" : "PKCS#11 token '" + label + "'";
    }

    /** Reads what stands behind {@code pkcs11:}. */
    static Pkcs11Uri parse(String text) {
        int question = text.indexOf('?');
        Map<String, String> path = attributes(question < 0 ? text : text.substring(0, question), ";", PATH_ATTRIBUTES);
        Map<String, String> query = attributes(question < 0 ? "" : text.substring(question + 1), "&", QUERY_ATTRIBUTES);
        if (query.containsKey("pin-value")) {
            throw new IllegalArgumentException("uri: pin-value shows the PIN to every user of this machine; put it into"
                    + " a file and write pin-source=file:/path, or into the variable " + PIN_VARIABLE);
        }
        String type = path.getOrDefault("type", "private");
        if (!type.equals("private")) {
            throw new IllegalArgumentException("uri: type=" + type + " is no private key; leave type out");
        }
        Percent.octets(path.getOrDefault("id", "")); // an id is octets, not text
        Map<String, String> token = new LinkedHashMap<>();
        TOKEN_FACTS.forEach((attribute, fact) -> {
            String value = path.get(attribute);
            if (value != null) {
                token.put(fact, Percent.text(value));
            }
        });
        String source = query.get("pin-source");
        String pin = source == null ? "" : Percent.text(source);
        boolean variable = pin.startsWith("env:");
        return new Pkcs11Uri(
                token,
                slot(path.get("slot-id")),
                modulePath(query.get("module-path")),
                moduleName(query.get("module-name")),
                source == null || variable ? null : pinFile(pin),
                variable ? pin.substring("env:".length()) : null);
    }

    private static Map<String, String> attributes(String text, String separator, List<String> known) {
        Map<String, String> found = new LinkedHashMap<>();
        if (text.isEmpty()) {
            return found;
        }
        for (String item : text.split(separator, -1)) {
            int equals = item.indexOf('=');
            String name = equals < 0 ? item : item.substring(0, equals);
            if (equals >= 0 && separator.equals("&") && name.startsWith(VENDOR_MARK)) {
                continue; // RFC 7512 2.4: what is not known in the query is for other programs
            }
            if (name.startsWith(VENDOR_MARK)) {
                // RFC 7512 2.4: what is not known in the path may be what tells two objects apart.
                throw new IllegalArgumentException(
                        "uri: '" + name + "' before the '?' is not known here, and could decide"
                                + " which token is meant; leave it out, or put it behind the '?'");
            }
            if (equals < 0 || !known.contains(name)) {
                throw new IllegalArgumentException("uri: '" + name + "' is no attribute that is known "
                        + (separator.equals(";") ? "before" : "after") + " the '?'; use "
                        + String.join(
                                ", ",
                                known.stream()
                                        .filter(n -> !n.equals("pin-value"))
                                        .toList()));
            }
            // RFC 7512 2.3: "a PKCS #11 URI attribute MUST NOT be repeated" within one URI, vendor's ones aside.
            if (found.put(name, item.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("uri: '" + name + "' is there twice; give it once");
            }
        }
        return found;
    }

    private static OptionalLong slot(@Nullable String value) {
        if (value == null) {
            return OptionalLong.empty();
        }
        if (!value.matches("\\d{1,18}")) {
            throw new IllegalArgumentException(
                    "uri: slot-id=" + value + " is no number; give the slot's decimal number");
        }
        return OptionalLong.of(Long.parseLong(value));
    }

    private static @Nullable Path modulePath(@Nullable String value) {
        if (value == null) {
            return null;
        }
        Path path = path(Percent.text(value));
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("uri: module-path is not absolute; give the library's whole path");
        }
        return path;
    }

    private static @Nullable String moduleName(@Nullable String value) {
        String name = value == null ? null : Percent.text(value);
        if (name != null && !name.matches("[A-Za-z0-9_.+-]+")) {
            throw new IllegalArgumentException(
                    "uri: module-name is no library's name; give one such as softhsm2, or use module-path");
        }
        return name;
    }

    private static Path pinFile(String source) {
        if (source.startsWith("|")) {
            throw new IllegalArgumentException(
                    "uri: pin-source is a command, which is not run here; name a file: pin-source=file:/path");
        }
        String file = source.startsWith("file:") ? source.substring("file:".length()) : source;
        file = file.startsWith("///") ? file.substring(2) : file;
        if (file.isEmpty() || file.startsWith("//")) {
            throw new IllegalArgumentException("uri: pin-source names no file here; write pin-source=file:/path");
        }
        return path(file);
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("uri: no path can be like this; check it", e);
        }
    }
}
