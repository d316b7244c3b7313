package dev.lockstep.jsse.keystore;

import dev.lockstep.jsse.ExternalKey;
import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.keys.keyserver.KeyServerThread;
import dev.lockstep.keys.uri.KeyHolders;
import dev.lockstep.keys.uri.KeyServerUri;
import dev.lockstep.keys.uri.KeyUri;
import dev.lockstep.keys.uri.Pkcs11Uri;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.Key;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;

/**
 * Opens keys where a key store says that they are. Tokens, agents and key servers are opened once in a process, whatever the
 * number of key stores and of their reloads, and stay open as long as it lives: the keys of a key store have no end.
 */
final class KeyPlaces {

    private static final KeyHolders HOLDERS = new KeyHolders(System::getenv);
    private static final Map<KeyUri, KeyServerThread> KEY_SERVERS = new HashMap<>();

    private KeyPlaces() {}

    /**
     * Opens the key of a certificate. Blocks while its holder is asked for it.
     *
     * @throws IOException when it is not there, is not the certificate's, or its place is of a kind that is not known
     */
    static Key open(String place, X509Certificate certificate) throws IOException {
        String where = "";
        try {
            KeyUri uri = KeyUri.parse(place);
            where = uri.describe() + ": ";
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
                key = keyServer(uri, certificate);
            }
            return ExternalKey.of(key, certificate.getPublicKey().getAlgorithm());
        } catch (OperationException | IllegalArgumentException e) {
            throw new IOException("key store: " + where + e.getMessage(), e);
        }
    }

    private static ExternalPrivateKey keyServer(KeyUri uri, X509Certificate certificate)
            throws IOException, OperationException {
        KeyServerThread server;
        synchronized (KEY_SERVERS) {
            server = KEY_SERVERS.get(uri);
            if (server == null) {
                server = KeyServerThread.start(builder(uri));
                KEY_SERVERS.put(uri, server);
            }
        }
        server.learn();
        if (!server.offers(certificate)) {
            throw new OperationException(
                    Reason.KEY_UNAVAILABLE, "it has no key of this certificate, or none for this client");
        }
        return server.key(certificate);
    }

    private static KeyServerKeys.Builder builder(KeyUri uri) throws IOException {
        if (uri instanceof KeyUri.InKeyServer local) {
            return KeyServerKeys.unix(local.socket()).decryption(local.decryption());
        }
        KeyServerUri remote = (KeyServerUri) uri;
        InetSocketAddress address = new InetSocketAddress(remote.host(), remote.port());
        if (address.isUnresolved()) {
            throw new IOException(
                    "key store: the host name '" + remote.host() + "' of a key server has no address; check the name");
        }
        return KeyServerKeys.tcp(address, PemFiles.mutualTls(remote.cert(), remote.key(), remote.ca()))
                .decryption(remote.decryption());
    }
}
