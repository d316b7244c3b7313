package dev.lockstep.jsse.keystore;

import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.keys.keyserver.KeyServerThread;
import dev.lockstep.keys.uri.KeyServerUri;
import dev.lockstep.keys.uri.KeyUri;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key server that key stores name, and the connection that all of their keys share. There is none until the key server has
 * offered a key. When the files that are needed to reach it have another content at a later load, or its name another
 * address, a new connection takes the place of the old one, also for the keys of earlier loads.
 */
final class KeyServerPlace {

    /** What a connection is made with: another one is needed when it differs. */
    private record Way(@Nullable InetSocketAddress address, List<String> files) {}

    private record Connected(Way way, KeyServerThread thread) {}

    private final KeyUri uri;
    private volatile @Nullable Connected connected;
    /** The one before, which may still owe answers: it ends when there is a third. */
    private @Nullable KeyServerThread replaced;

    KeyServerPlace(KeyUri uri) {
        this.uri = uri;
    }

    /**
     * Returns the key of a certificate. Blocks while the key server is asked for it.
     *
     * @throws OperationException when the key server does not offer it; nothing has changed then
     */
    synchronized ExternalPrivateKey key(X509Certificate certificate) throws IOException, OperationException {
        Connected now = connected;
        Way way = way(now == null ? null : now.way.address);
        if (now != null && now.way.equals(way)) {
            return new SharedKey(certificate, now.thread, offered(now.thread, certificate));
        }
        KeyServerThread started = KeyServerThread.start(builder(way));
        boolean kept = false;
        try {
            ExternalPrivateKey key = offered(started, certificate);
            connected = new Connected(way, started);
            kept = true;
            if (replaced != null) {
                replaced.close();
            }
            replaced = now == null ? null : now.thread;
            return new SharedKey(certificate, started, key);
        } finally {
            if (!kept) {
                started.close(); // it would try for ever to connect
            }
        }
    }

    private static ExternalPrivateKey offered(KeyServerThread thread, X509Certificate certificate)
            throws OperationException {
        thread.learn();
        if (!thread.offers(certificate)) {
            throw new OperationException(
                    Reason.KEY_UNAVAILABLE, "it has no key of this certificate, or none for this client");
        }
        return thread.key(certificate);
    }

    /** A name with several addresses keeps the one that is used, whatever their order is this time. */
    private Way way(@Nullable InetSocketAddress used) throws IOException {
        if (!(uri instanceof KeyServerUri remote)) {
            return new Way(null, List.of());
        }
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(remote.host());
        } catch (UnknownHostException e) {
            throw new IOException(
                    "key store: the host name '" + remote.host() + "' of a key server has no address; check the name",
                    e);
        }
        InetAddress address = addresses[0];
        for (InetAddress each : addresses) {
            if (used != null && each.equals(used.getAddress())) {
                address = each;
            }
        }
        return new Way(new InetSocketAddress(address, remote.port()), PemFiles.digests(remote.files()));
    }

    private KeyServerKeys.Builder builder(Way way) throws IOException {
        if (uri instanceof KeyServerUri remote && way.address != null) {
            return KeyServerKeys.tcp(way.address, PemFiles.mutualTls(remote.cert(), remote.key(), remote.ca()))
                    .decryption(remote.decryption());
        }
        KeyUri.InKeyServer local = (KeyUri.InKeyServer) uri;
        return KeyServerKeys.unix(local.socket()).decryption(local.decryption());
    }

    /** A key behind the connection of the moment. What it does is said once, since that must not change. */
    private final class SharedKey implements ExternalPrivateKey {

        private record Held(KeyServerThread by, ExternalPrivateKey key) {}

        private final X509Certificate certificate;
        private final Set<SignatureScheme> schemes;
        private final boolean decrypts;
        private volatile Held held;

        SharedKey(X509Certificate certificate, KeyServerThread by, ExternalPrivateKey key) {
            this.certificate = certificate;
            this.schemes = key.signatureSchemes();
            this.decrypts = key.canDecrypt();
            this.held = new Held(by, key);
        }

        private ExternalPrivateKey current() {
            Connected now = connected;
            Held last = held;
            if (now == null || last.by == now.thread) {
                return last.key;
            }
            ExternalPrivateKey key = now.thread.key(certificate);
            held = new Held(now.thread, key);
            return key;
        }

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return schemes;
        }

        @Override
        public boolean canDecrypt() {
            return decrypts;
        }

        @Override
        public Start<byte[]> startSign(SignRequest request, Waker waker) throws Exception {
            return current().startSign(request, waker);
        }

        @Override
        public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
            return current().startDecrypt(request, waker);
        }

        @Override
        public String toString() {
            return held.key.toString();
        }
    }
}
