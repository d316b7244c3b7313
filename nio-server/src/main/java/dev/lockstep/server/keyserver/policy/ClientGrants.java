package dev.lockstep.server.keyserver.policy;

import dev.lockstep.crypto.ConstantTime;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.audit.KeyPeer;
import dev.lockstep.server.files.InputFile;
import dev.lockstep.server.files.TextEncoding;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which clients over TCP may use which keys. That an authority has issued a certificate is not enough: the same one issues
 * to other machines too. Immutable.
 */
public final class ClientGrants {

    private static final String PIN = "sha256:";
    private static final String FIX =
            "write dns:NAME, uri:URI, email:ADDRESS or ip:ADDRESS, a subject alternative name of"
                    + " the client's certificate, or sha256: and the 64 hex digits of the SHA-256 of the certificate";

    /**
     * A right to use keys.
     *
     * @param who a name or a pin, as {@link #parse} leaves it
     * @param keys null for every key
     */
    private record Grant(String who, @Nullable Set<KeyId> keys) {

        boolean covers(KeyId key) {
            return keys == null || keys.contains(key);
        }
    }

    private final List<Grant> grants;

    private ClientGrants(List<Grant> grants) {
        this.grants = List.copyOf(grants);
    }

    /**
     * Reads the values of {@code option}, each {@code WHO} or {@code WHO=KEY}.
     *
     * @param keys finds the ids of a key that is served, by what it is called on the command line; none for no such key
     */
    public static ClientGrants parse(String option, List<String> values, Function<String, Set<KeyId>> keys)
            throws UsageError {
        List<Grant> grants = new ArrayList<>();
        for (String value : values) {
            grants.add(grant(option, "", value, keys));
        }
        return new ClientGrants(grants);
    }

    /**
     * Reads the lines of a file, each {@code WHO} or {@code WHO=KEY}; empty ones, and those that begin with {@code #}, say
     * nothing.
     *
     * @param option that named the file
     * @param keys as for {@link #parse}
     * @throws UsageError for a file without any grant too: one that is being written, more likely than one that is meant
     */
    public static ClientGrants read(String option, Path file, Function<String, Set<KeyId>> keys) throws UsageError {
        String text = new String(TextEncoding.withoutMark(InputFile.bytes(option, file)), StandardCharsets.UTF_8);
        List<Grant> grants = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().map(String::strip).toList()) {
            number++;
            if (!line.isEmpty() && !line.startsWith("#")) {
                grants.add(grant(option, file + " line " + number + ": ", line, keys));
            }
        }
        if (grants.isEmpty()) {
            throw new UsageError(option, file + " names no client", "write WHO or WHO=KEY, each on a line of its own");
        }
        return new ClientGrants(grants);
    }

    /** Returns these and others. */
    public ClientGrants and(ClientGrants others) {
        List<Grant> all = new ArrayList<>(grants);
        all.addAll(others.grants);
        return new ClientGrants(all);
    }

    private static Grant grant(String option, String where, String value, Function<String, Set<KeyId>> keys)
            throws UsageError {
        int equals = value.lastIndexOf('=');
        String who = equals < 0 ? value : value.substring(0, equals);
        String key = equals < 0 ? "*" : value.substring(equals + 1);
        Set<KeyId> ids = key.equals("*") ? null : keys.apply(key);
        if (ids != null && ids.isEmpty()) {
            throw new UsageError(
                    option,
                    where + "'" + key + "' is no key that is served",
                    "write WHO=KEY with the KEY of a --key or --cert, or its id in hex, or WHO=* for all keys");
        }
        return new Grant(who(option, where, who), ids);
    }

    private static String who(String option, String where, String text) throws UsageError {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
        String rest = text.substring(colon + 1);
        boolean pin = (kind + ":").equals(PIN);
        if (pin) {
            rest = rest.replace(":", "").toLowerCase(Locale.ROOT);
        }
        boolean known = List.of("dns", "uri", "email", "ip").contains(kind) && !rest.isEmpty();
        if (!known && !(pin && rest.matches("[0-9a-f]{64}"))) {
            throw new UsageError(option, where + "'" + text + "' names no client", FIX);
        }
        return switch (kind) {
            case "dns" -> "dns:" + rest.toLowerCase(Locale.ROOT);
            case "ip" -> "ip:" + address(option, where, rest);
            default -> kind + ":" + rest;
        };
    }

    /** Another spelling of the address in a certificate must be the same client. */
    private static String address(String option, String where, String text) throws UsageError {
        String address = AddressLiteral.canonical(text);
        if (address == null) {
            throw new UsageError(
                    option,
                    where + "'ip:" + text + "' is no address",
                    "write the address of one machine in digits, such as ip:192.0.2.1 or ip:2001:db8::1");
        }
        return address;
    }

    /** Who the holder of a certificate is; null when no grant is for it. */
    @Nullable
    public ClientIdentity identify(X509Certificate certificate, String address) {
        String hash;
        try {
            hash = HexFormat.of().formatHex(HashAlgorithm.SHA256.digest(certificate.getEncoded()));
        } catch (CertificateEncodingException e) {
            return null; // it was decoded before, so this does not come up
        }
        List<String> names = names(certificate);
        List<Grant> matching = grants.stream()
                .filter(grant -> names.contains(grant.who()) || same(grant.who(), PIN + hash))
                .toList();
        if (matching.isEmpty()) {
            return null;
        }
        return new ClientIdentity(
                "client " + matching.get(0).who(),
                KeyPeer.remote(address, hash, String.join(" ", names)),
                key -> matching.stream().anyMatch(grant -> grant.covers(key)));
    }

    /** Compares in a time that does not tell how much is equal: which certificates are pinned is for the owner to know. */
    private static boolean same(String who, String pin) {
        return ConstantTime.equal(who.getBytes(StandardCharsets.UTF_8), pin.getBytes(StandardCharsets.UTF_8));
    }

    /** The subject alternative names that a grant can name. */
    private static List<String> names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            for (List<?> name : all == null ? List.<List<?>>of() : all) {
                // RFC 5280 4.2.1.6: the number is the tag of the GeneralName
                String kind =
                        switch ((Integer) name.get(0)) {
                            case 1 -> "email:";
                            case 2 -> "dns:";
                            case 6 -> "uri:";
                            case 7 -> "ip:";
                            default -> "";
                        };
                if (!kind.isEmpty()) {
                    String text = String.valueOf(name.get(1));
                    names.add(kind
                            + switch (kind) {
                                case "dns:" -> text.toLowerCase(Locale.ROOT);
                                case "ip:" -> Objects.requireNonNullElse(AddressLiteral.canonical(text), text);
                                default -> text;
                            });
                }
            }
        } catch (CertificateParsingException e) {
            return List.of(); // unreadable names are no names
        }
        return names;
    }
}
