package dev.lockstep.jsse.keystore;

import dev.lockstep.jsse.ExternalKey;
import dev.lockstep.keys.uri.FileOwner;
import dev.lockstep.keys.uri.KeyHolders;
import dev.lockstep.keys.uri.KeyUri;
import dev.lockstep.keys.uri.Pkcs11Uri;
import dev.lockstep.keys.uri.SecretFile;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.wait.OperationException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.Key;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;

/**
 * Opens keys where a key store says that they are. Tokens, agents and key servers are opened once in a process, whatever the
 * number of key stores and of their reloads, and stay open as long as it lives: the keys of a key store have no end. A key
 * server that has never offered a key is not kept open.
 */
final class KeyPlaces {

    private static final KeyHolders HOLDERS = new KeyHolders(System::getenv);
    private static final Map<KeyUri, KeyServerPlace> KEY_SERVERS = new HashMap<>();

    private KeyPlaces() {}

    /**
     * Opens the key of a certificate. Blocks while its holder is asked for it.
     *
     * @throws IOException when it is not there, is not the certificate's, its place is of a kind that is not known, or when a file with
     *     secrets belongs to another user or can be written by others
     */
    static Key open(String place, X509Certificate certificate) throws IOException {
        String where = "";
        try {
            KeyUri uri = KeyUri.parse(place);
            where = uri.describe() + ": ";
            refuseFilesOfOthers(uri);
            if (uri instanceof KeyUri.InFile file) {
                return PemFiles.privateKey(
                        file.path(), certificate.getPublicKey().getAlgorithm());
            }
            ExternalPrivateKey key;
            if (uri instanceof Pkcs11Uri token) {
                key = HOLDERS.key(token, certificate);
            } else if (uri instanceof KeyUri.InSshAgent agent) {
                key = HOLDERS.key(agent, certificate);
            } else {
                key = keyServer(uri).key(certificate);
            }
            return ExternalKey.of(key, certificate.getPublicKey().getAlgorithm());
        } catch (OperationException | IllegalArgumentException e) {
            throw new IOException("key store: " + where + e.getMessage(), e);
        }
    }

    /** A library has no place for warnings: what others may only read passes. */
    private static void refuseFilesOfOthers(KeyUri uri) throws IOException {
        for (Path file : uri.secretFiles()) {
            SecretFile found = SecretFile.of(file, FileOwner.ofThisProcess());
            if (found != null && found.refused()) {
                throw new IOException("key store: " + found.cause() + "; " + found.fix());
            }
        }
    }

    private static KeyServerPlace keyServer(KeyUri uri) {
        synchronized (KEY_SERVERS) {
            return KEY_SERVERS.computeIfAbsent(uri, KeyServerPlace::new);
        }
    }
}
