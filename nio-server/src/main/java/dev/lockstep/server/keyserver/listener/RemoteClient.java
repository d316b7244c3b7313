package dev.lockstep.server.keyserver.listener;

import dev.lockstep.keys.keyserver.transport.ByteTransport;
import dev.lockstep.keys.keyserver.transport.TlsTransport;
import dev.lockstep.server.keyserver.policy.ClientIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** A client over TCP: the handshake tells who it is, its certificate and the settings of each moment tell what it may do. */
final class RemoteClient implements ClientListener.Admission {

    private final SocketChannel channel;
    private final Supplier<TlsListener.Setting> setting;
    private final String where;
    private final String origin;
    private @Nullable SSLEngine engine;
    private @Nullable List<X509Certificate> proven;
    private volatile @Nullable Rights rights;

    /**
     * Who the client is by one setting.
     *
     * @param until when it has to be verified once more
     * @param identity null for one that may use no key
     * @param fault why not; null for one that may
     */
    private record Rights(
            TlsListener.Setting setting,
            Instant until,
            @Nullable ClientIdentity identity,
            @Nullable String fault) {

        boolean holds(TlsListener.Setting now) {
            return setting.equals(now) && !now.tls().trust().now().isAfter(until);
        }
    }

    RemoteClient(SocketChannel channel, Supplier<TlsListener.Setting> setting) throws IOException {
        this.channel = channel;
        this.setting = setting;
        InetSocketAddress peer = (InetSocketAddress) channel.getRemoteAddress();
        String address = peer.getAddress().getHostAddress();
        this.where = (address.contains(":") ? "[" + address + "]" : address) + ":" + peer.getPort();
        this.origin = originOf(peer.getAddress());
    }

    /** An IPv6 machine has 2^64 addresses to choose from, so its network counts as one. */
    private static String originOf(InetAddress address) {
        byte[] bytes = address.getAddress();
        return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 8));
    }

    /** The certificate is asked for in the handshake, which the hello must follow soon. */
    @Override
    public ByteTransport transport() throws IOException {
        TlsListener.Setting now = setting.get();
        try {
            SSLEngine made = now.tls().engine();
            TlsTransport transport = new TlsTransport(channel, made);
            engine = made;
            return transport;
        } catch (GeneralSecurityException e) {
            throw new IOException("no TLS with these settings", e);
        }
    }

    @Override
    public String where() {
        return where;
    }

    @Override
    public String origin() {
        return origin;
    }

    @Override
    public boolean isKnown() {
        return false;
    }

    @Override
    public @Nullable String fault() {
        List<X509Certificate> chain = proven();
        return chain == null ? "it has shown no certificate" : rights(chain).fault();
    }

    @Override
    public @Nullable ClientIdentity identity() {
        List<X509Certificate> chain = proven();
        ClientIdentity found = chain == null ? null : rights(chain).identity();
        return chain == null || found == null
                ? null
                : new ClientIdentity(found.share(), found.peer(), key -> {
                    // A grant for a key's file is for the key that is in the file now.
                    ClientIdentity now = rights(chain).identity();
                    return now != null && now.mayUse().test(key);
                });
    }

    /** The chain whose key the client has proven to have, its own certificate first; null before the end of the handshake. */
    private @Nullable List<X509Certificate> proven() {
        List<X509Certificate> known = proven;
        if (known == null && engine != null) {
            List<X509Certificate> chain = chain(engine);
            known = chain.isEmpty() ? null : chain;
            proven = known;
        }
        return known;
    }

    private static List<X509Certificate> chain(SSLEngine engine) {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            for (Certificate each : engine.getSession().getPeerCertificates()) {
                chain.add((X509Certificate) each);
            }
        } catch (SSLPeerUnverifiedException e) {
            return List.of(); // it has shown none
        }
        return List.copyOf(chain);
    }

    /**
     * Verifies the path and looks at names and hash once for each setting, since a frame may ask for the rights to hundreds of
     * keys, and again when something on the path or a revocation list has ended: a connection may be held for months.
     */
    private Rights rights(List<X509Certificate> chain) {
        TlsListener.Setting now = setting.get();
        Rights known = rights;
        if (known == null || !known.holds(now)) {
            known = look(chain, now);
            rights = known;
        }
        return known;
    }

    private Rights look(List<X509Certificate> chain, TlsListener.Setting now) {
        try {
            Instant until = now.tls().trust().verify(chain);
            ClientIdentity identity = now.grants().identify(chain.get(0), where);
            return new Rights(now, until, identity, identity == null ? "no key is for it any more" : null);
        } catch (CertificateException e) {
            return new Rights(now, Instant.MAX, null, "its certificate is not trusted any more: " + e.getMessage());
        }
    }
}
