package dev.lockstep.jsse.keystore;

import dev.lockstep.jsse.ExternalKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStoreException;
import java.security.KeyStoreSpi;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import java.util.Date;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The key store of type {@code LOCKSTEP}, for servers whose keys are configured as a key store: its file is a text that says where
 * each certificate chain and each private key is. Relative paths are relative to the working directory of the process. Passwords
 * are not used. It cannot be changed or stored. The text is UTF-8, with or without a byte order mark.
 *
 * <p>A chain is a PEM file, the server's certificate first. A key is where {@code lockstep serve --key} would find it:
 *
 * <ul>
 *   <li>{@code file:PATH}, with an unencrypted PKCS#8 block in PEM, which comes into this process;
 *   <li>{@code pkcs11:token=LABEL?module-path=PATH&pin-source=PATH} and what else RFC 7512 has; without {@code pin-source} the
 *       PIN is that of the environment variable {@code LOCKSTEP_PKCS11_PIN};
 *   <li>{@code keyserver:SOCKET}, and {@code keyserver+tls://HOST:PORT?cert=FILE&key=FILE&ca=FILE}, for Lockstep's key server;
 *   <li>{@code ssh-agent:[SOCKET]}.
 * </ul>
 *
 * <p>Loading asks each holder for its keys, blocks meanwhile, and fails when one is not there, when a key in a file is not that
 * of its certificate, and when the text has no entry. Tokens, agents and connections to key servers are shared by all key stores of
 * a process and stay open as long as it lives.
 */
public final class LockstepKeyStore extends KeyStoreSpi {

    private record Entry(List<X509Certificate> chain, Key key, Instant since) {}

    private Map<String, Entry> entries = Map.of();

    @Override
    public void engineLoad(@Nullable InputStream in, char @Nullable [] password) throws IOException {
        Map<String, Entry> loaded = new LinkedHashMap<>();
        if (in != null) {
            for (Map.Entry<String, StoreFile.Place> each : StoreFile.read(in).entrySet()) {
                Path file = path(String.valueOf(each.getValue().certificate()));
                List<X509Certificate> chain = PemFiles.certificates(file);
                String place = String.valueOf(each.getValue().key());
                Key key = KeyPlaces.open(place, chain.get(0));
                if (key instanceof PrivateKey own && !(key instanceof ExternalKey)) {
                    PemFiles.requirePair(file, chain, place, own); // holders outside were asked for the certificate's
                }
                loaded.put(each.getKey(), new Entry(chain, key, Instant.now()));
            }
        }
        entries = loaded;
    }

    private static Path path(String name) throws IOException {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new IOException("key store: '" + name + "' can be no path here (" + e.getReason() + ")", e);
        }
    }

    private @Nullable Entry entry(String alias) {
        return entries.get(alias.toLowerCase(Locale.ROOT));
    }

    @Override
    public @Nullable Key engineGetKey(String alias, char @Nullable [] password) {
        Entry entry = entry(alias);
        return entry == null ? null : entry.key;
    }

    @Override
    public Certificate @Nullable [] engineGetCertificateChain(String alias) {
        Entry entry = entry(alias);
        return entry == null ? null : entry.chain.toArray(new X509Certificate[0]);
    }

    @Override
    public @Nullable Certificate engineGetCertificate(String alias) {
        Entry entry = entry(alias);
        return entry == null ? null : entry.chain.get(0);
    }

    @Override
    public @Nullable Date engineGetCreationDate(String alias) {
        Entry entry = entry(alias);
        return entry == null ? null : Date.from(entry.since);
    }

    @Override
    public Enumeration<String> engineAliases() {
        return Collections.enumeration(entries.keySet());
    }

    @Override
    public boolean engineContainsAlias(String alias) {
        return entry(alias) != null;
    }

    @Override
    public int engineSize() {
        return entries.size();
    }

    @Override
    public boolean engineIsKeyEntry(String alias) {
        return engineContainsAlias(alias);
    }

    @Override
    public boolean engineIsCertificateEntry(String alias) {
        return false;
    }

    @Override
    public @Nullable String engineGetCertificateAlias(@Nullable Certificate certificate) {
        for (Map.Entry<String, Entry> each : entries.entrySet()) {
            if (each.getValue().chain.get(0).equals(certificate)) {
                return each.getKey();
            }
        }
        return null;
    }

    @Override
    public void engineSetKeyEntry(String alias, Key key, char @Nullable [] password, Certificate @Nullable [] chain)
            throws KeyStoreException {
        throw readOnly();
    }

    @Override
    public void engineSetKeyEntry(String alias, byte[] key, Certificate @Nullable [] chain) throws KeyStoreException {
        throw readOnly();
    }

    @Override
    public void engineSetCertificateEntry(String alias, Certificate certificate) throws KeyStoreException {
        throw readOnly();
    }

    @Override
    public void engineDeleteEntry(String alias) throws KeyStoreException {
        throw readOnly();
    }

    @Override
    public void engineStore(OutputStream out, char @Nullable [] password) {
        throw new UnsupportedOperationException("a LOCKSTEP key store is a text file; edit it");
    }

    private static KeyStoreException readOnly() {
        return new KeyStoreException("a LOCKSTEP key store is a text file; edit it");
    }
}
