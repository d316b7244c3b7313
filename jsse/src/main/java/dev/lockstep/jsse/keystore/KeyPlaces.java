package dev.lockstep.jsse.keystore;

import dev.lockstep.jsse.ExternalKey;
import dev.lockstep.keys.pkcs11.Pkcs11Keys;
import dev.lockstep.keys.sshagent.SshAgentKeys;
import dev.lockstep.tls.wait.OperationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Opens keys where a key store says that they are. Tokens and agents stay open as long as the process lives: the keys of a
 * key store have no end.
 */
final class KeyPlaces {

    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";
    private static final int LONGEST_FILE = 1 << 20;

    private KeyPlaces() {}

    /**
     * Opens the key of a certificate.
     *
     * @throws IOException when it is not there, is not the certificate's, or its place is of a kind that is not known
     */
    static Key open(String place, X509Certificate certificate) throws IOException {
        int colon = place.indexOf(':');
        String scheme = colon < 0 ? "file" : place.substring(0, colon).toLowerCase(Locale.ROOT);
        String rest = place.substring(colon + 1);
        try {
            return switch (scheme) {
                case "file" -> file(Path.of(rest), certificate);
                case "ssh-agent" ->
                    external(
                            (rest.isEmpty() ? SshAgentKeys.fromEnvironment() : SshAgentKeys.at(Path.of(rest)))
                                    .key(certificate),
                            certificate);
                case "pkcs11" -> external(token(rest).key(certificate), certificate);
                default ->
                    throw new IOException("key store: '" + scheme + ":' is no place of keys that is known here; use"
                            + " file:, pkcs11: or ssh-agent:, or give a key of another kind to LockstepContext");
            };
        } catch (OperationException | IllegalArgumentException | IllegalStateException e) {
            throw new IOException("key store: " + scheme + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("key store: interrupted", e);
        }
    }

    private static Key external(dev.lockstep.tls.key.ExternalPrivateKey key, X509Certificate certificate) {
        return ExternalKey.of(key, certificate.getPublicKey().getAlgorithm());
    }

    /** RFC 7512, as far as one slot needs it: {@code slot-id=5?module-path=/lib.so&pin-source=/file}. */
    private static Pkcs11Keys token(String uri) throws OperationException {
        int question = uri.indexOf('?');
        Map<String, String> path = attributes(question < 0 ? uri : uri.substring(0, question), ";");
        Map<String, String> query = attributes(question < 0 ? "" : uri.substring(question + 1), "&");
        String slot = path.remove("slot-id");
        String module = query.remove("module-path");
        String pin = query.remove("pin-source");
        if (slot == null || module == null || pin == null || !path.isEmpty() || !query.isEmpty()) {
            throw new IllegalArgumentException("give exactly slot-id, module-path and pin-source");
        }
        return Pkcs11Keys.builder(Path.of(module))
                .slot(Long.parseLong(slot))
                .pinFile(Path.of(pin.startsWith("file:") ? pin.substring(5) : pin))
                .open();
    }

    private static Map<String, String> attributes(String text, String separator) {
        Map<String, String> attributes = new HashMap<>();
        for (String attribute : text.split(separator, -1)) {
            int equals = attribute.indexOf('=');
            String name = equals < 0 ? attribute : attribute.substring(0, equals);
            if (equals < 1 || attributes.put(name, attribute.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("'" + name + "' is not there once, with a value");
            }
        }
        return attributes;
    }

    private static Key file(Path path, X509Certificate certificate) throws IOException {
        if (Files.size(path) > LONGEST_FILE) {
            throw new IOException("key store: " + path + " is too long for a key");
        }
        byte[] content = Files.readAllBytes(path);
        byte[] der = null;
        try {
            String text = new String(content, StandardCharsets.ISO_8859_1);
            int begin = text.indexOf(BEGIN);
            int end = text.indexOf(END);
            if (begin < 0 || end < begin) {
                throw new IOException("key store: " + path + " has no block '" + BEGIN
                        + "'; convert it with openssl pkcs8 -topk8 -nocrypt");
            }
            der = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
            return KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("key store: " + path + " does not hold a key of the certificate's kind", e);
        } finally {
            Arrays.fill(content, (byte) 0);
            if (der != null) {
                Arrays.fill(der, (byte) 0);
            }
        }
    }
}
