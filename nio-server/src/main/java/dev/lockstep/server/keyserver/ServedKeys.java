package dev.lockstep.server.keyserver;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.pkcs11.Pkcs11Keys;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.certificate.CaCertificates;
import dev.lockstep.server.certificate.PublicKeys;
import dev.lockstep.server.keyserver.policy.CertificatePurposes;
import dev.lockstep.server.pem.PemFiles;
import dev.lockstep.server.pem.Reading;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.provider.CryptoProviders;
import dev.lockstep.tls.wait.OperationException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gathers what a key server serves. */
public final class ServedKeys {

    /** A key that can be tried out against certificates. */
    private record Loaded(PrivateKey key, KeyId id) {}

    /**
     * What the operator allows.
     *
     * @param decryptions whether RSA keys answer premaster secrets, unless their certificate says that they do not
     * @param dhe whether RSA keys sign for DHE suites
     * @param authorities whether a certificate may be an authority's
     */
    record Allowed(boolean decryptions, boolean dhe, boolean authorities) {}

    private static final int KEY_ENCIPHERMENT = 2; // RFC 5280 4.2.1.3: the bit's number

    private final Allowed allowed;
    private final CryptoProviders providers;
    private final ReplacementSecrets secrets;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, KeyId> named = new HashMap<>();
    private final Map<KeyId, ServedKey> served = new LinkedHashMap<>();
    private final Map<Path, Loaded> files = new LinkedHashMap<>();

    /** Keys that a certificate is for signatures alone of, whatever their other certificates say, before it or after. */
    private final Set<KeyId> signingOnly = new HashSet<>();

    /**
     * None yet.
     *
     * @param providers compute with keys that are in this process
     * @param secrets are those of the process
     */
    ServedKeys(Allowed allowed, CryptoProviders providers, ReplacementSecrets secrets) {
        this.providers = providers;
        this.secrets = secrets;
        this.allowed = allowed;
    }

    /** The ids of a key by its file, its certificate's file, or an id in hex; none when there is no such key. */
    Set<KeyId> find(String name) {
        KeyId id = named.get(name);
        ServedKey key = id == null ? null : served.get(id);
        Set<KeyId> ids = new HashSet<>();
        served.forEach((other, value) -> {
            if (value == key || other.toString().equals(name)) {
                ids.add(other);
            }
        });
        return ids;
    }

    private ServedKey served(KeyId id) {
        return Objects.requireNonNull(served.get(id), "a key that was added");
    }

    /** The keys by their ids. */
    Map<KeyId, ServedKey> served() throws UsageError {
        if (served.size() > Message.MAX_KEYS) {
            throw new UsageError(
                    "--key",
                    "there are " + served.size() + " keys",
                    "the most is " + Message.MAX_KEYS + " a key server");
        }
        return served;
    }

    private void put(KeyId id, ServedKey key) {
        served.put(id, signingOnly.contains(id) ? key.signingOnly() : key);
    }

    /**
     * A key of this process; answers its id.
     *
     * @throws IOException when its public half cannot be had, or when it does not work
     */
    public KeyId add(String name, PrivateKey key) throws IOException {
        byte[] encoded = PublicKeys.encodedOf(key);
        PublicKey publicKey = PublicKeys.decoded(key.getAlgorithm(), encoded);
        InMemoryKey local = InMemoryKey.of(key, random, providers);
        ServedKey entry;
        try {
            entry = served(name, local, publicKey, allowed.decryptions(), note -> {});
        } catch (OperationException e) {
            throw new IOException(e.getMessage(), e);
        }
        KeyId id = KeyId.ofEncoded(encoded);
        put(id, allowed.dhe() ? entry.allowingDhe() : entry);
        named.put(name, id);
        return id;
    }

    private ServedKey served(
            String name, BlockingKey key, PublicKey publicKey, boolean decrypts, Consumer<String> notes)
            throws OperationException {
        byte[] secret = decrypts && key.canDecrypt() ? secrets.of(key, publicKey, name, notes) : new byte[32];
        return new ServedKey(name, key, publicKey, secret, decrypts);
    }

    /** The private key of a file. */
    void addFile(Path file, Reading reading) throws UsageError {
        PrivateKey key = PemFiles.privateKey("--key", file, reading);
        try {
            files.put(file, new Loaded(key, add(file.toString(), key)));
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageError("--key", file + " cannot be served (" + e.getMessage() + ")", "use another key");
        }
    }

    /**
     * A certificate that must be for one of the keys from files or in the token, and by whose key that key is found as well.
     *
     * @param token null for none
     */
    void addCertificate(Path file, Reading reading, @Nullable Pkcs11Keys token) throws UsageError {
        List<X509Certificate> chain = PemFiles.certificates("--cert", file, reading);
        CaCertificates.refuse("--cert", file.toString(), chain.get(0), allowed.authorities());
        if (!addCertificateOfFile(file, chain)) {
            addCertificateOfToken(file, chain.get(0), token, reading.notes());
        }
        warn("--cert", file.toString(), chain.get(0), reading.notes());
    }

    private static void warn(String option, String where, X509Certificate certificate, Consumer<String> notes) {
        String warning = CertificatePurposes.warning(option, where, certificate);
        if (warning != null) {
            notes.accept(warning);
        }
    }

    private boolean addCertificateOfFile(Path file, List<X509Certificate> chain) {
        for (Loaded loaded : files.values()) {
            try {
                Credential.local(chain, loaded.key());
                KeyId id = KeyId.of(chain.get(0).getPublicKey());
                if (!isForEncipherment(chain.get(0))) {
                    signingOnly.addAll(List.of(id, loaded.id()));
                }
                ServedKey now = served(loaded.id());
                ServedKey next = signingOnly.contains(id) ? now.signingOnly() : now;
                served.replaceAll((other, key) -> key == now ? next : key);
                served.put(id, next);
                named.put(file.toString(), id);
                return true;
            } catch (IllegalArgumentException e) {
                // Not this one: there may be another key that it is for.
            }
        }
        return false;
    }

    private void addCertificateOfToken(
            Path file, X509Certificate certificate, @Nullable Pkcs11Keys token, Consumer<String> notes)
            throws UsageError {
        String reason = "";
        if (token != null) {
            BlockingKey key = null;
            try {
                key = token.blockingKey(certificate);
            } catch (OperationException e) {
                reason = ", and " + e.getMessage();
            }
            if (key != null) {
                ServedKey before = served.get(KeyId.of(certificate.getPublicKey()));
                addTokenKey("--cert", key, certificate, before == null ? "token: " + file : before.toString(), notes);
                named.put(file.toString(), KeyId.of(certificate.getPublicKey()));
                return;
            }
        }
        throw new UsageError(
                "--cert", file + " is for none of the keys" + reason, "give --key with the key it was issued for");
    }

    /** Adds all keys of {@code others}. */
    void addAll(ServedKeys others) {
        others.served.forEach(this::put);
        named.putAll(others.named);
    }

    /**
     * Every key of a token that has a certificate beside it.
     *
     * @param notes receives a line for each certificate or key that is likely to be a mistake
     */
    void addToken(Pkcs11Keys token, Consumer<String> notes) throws UsageError {
        for (X509Certificate certificate : token.certificates()) {
            String name = "token: " + certificate.getSubjectX500Principal().getName();
            CaCertificates.refuse("--pkcs11", name, certificate, allowed.authorities());
            warn("--pkcs11", name, certificate, notes);
            BlockingKey key;
            try {
                key = token.blockingKey(certificate);
            } catch (OperationException e) {
                throw new UsageError("--pkcs11", name + ": " + e.getMessage(), "check the token");
            }
            addTokenKey("--pkcs11", key, certificate, name, notes);
        }
    }

    /** @param option is named when the key does not work */
    void addTokenKey(String option, BlockingKey key, X509Certificate certificate, String name, Consumer<String> notes)
            throws UsageError {
        KeyId id = KeyId.of(certificate.getPublicKey());
        if (!isForEncipherment(certificate)) {
            signingOnly.add(id);
        }
        boolean decrypts = allowed.decryptions() && !signingOnly.contains(id);
        ServedKey entry;
        try {
            entry = served(name, key, certificate.getPublicKey(), decrypts, notes);
        } catch (OperationException e) {
            throw new UsageError(
                    option, name + ": " + e.getMessage(), "try again when it works, or leave out --allow-decrypt");
        }
        put(id, (allowed.dhe() ? entry.allowingDhe() : entry).inToken());
    }

    /** Reports the keys of a token that are not served, because nothing tells their public keys. */
    static void reportKeysWithoutCertificate(Pkcs11Keys token, Consumer<String> notes) {
        List<String> others = token.keysWithoutCertificate();
        if (!others.isEmpty()) {
            notes.accept("--pkcs11: " + (others.size() == 1 ? "a key" : others.size() + " keys")
                    + " of the token cannot be served, having no certificate of the same CKA_ID beside it: "
                    + String.join(", ", others) + "; give --cert with a certificate of that key");
        }
    }

    /** RFC 5280 4.2.1.3: without the bit a certificate is for signatures alone, so its key is used with ECDHE and DHE. */
    private static boolean isForEncipherment(X509Certificate certificate) {
        boolean[] usage = certificate.getKeyUsage();
        return usage == null || (usage.length > KEY_ENCIPHERMENT && usage[KEY_ENCIPHERMENT]);
    }
}
