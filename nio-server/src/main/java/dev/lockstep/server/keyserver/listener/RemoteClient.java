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
import java.security.cert.X509Certificate;
import java.time.InstantSource;
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
    private final InstantSource clock;
    private final String where;
    private final String origin;
    private @Nullable SSLEngine engine;
    private TlsListener.@Nullable Setting verifiedBy;
    private @Nullable Proof proof;
    private volatile @Nullable Rights rights;

    /**
     * What the handshake has verified.
     *
     * @param chain the client's certificate first
     * @param setting whose authority has issued it
     */
    private record Proof(List<X509Certificate> chain, TlsListener.Setting setting) {}

    /** Who the client is by one setting; null for one that may use no key. */
    private record Rights(
            TlsListener.Setting setting, @Nullable ClientIdentity identity) {}

    RemoteClient(SocketChannel channel, Supplier<TlsListener.Setting> setting, InstantSource clock) throws IOException {
        this.channel = channel;
        this.setting = setting;
        this.clock = clock;
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
            verifiedBy = now;
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
    public boolean isValid() {
        Proof shown = proof();
        return shown != null && isInTime(shown) && identity(shown) != null;
    }

    private boolean isInTime(Proof shown) {
        return !clock.instant().isAfter(shown.chain().get(0).getNotAfter().toInstant());
    }

    @Override
    public @Nullable ClientIdentity identity() {
        Proof shown = proof();
        ClientIdentity found = shown == null ? null : identity(shown);
        return shown == null || found == null
                ? null
                : new ClientIdentity(found.share(), found.peer(), key -> {
                    // A grant for a key's file is for the key that is in the file now.
                    ClientIdentity now = identity(shown);
                    return now != null && now.mayUse().test(key);
                });
    }

    /** Null before the end of the handshake. */
    private @Nullable Proof proof() {
        Proof known = proof;
        if (known == null && engine != null && verifiedBy != null) {
            List<X509Certificate> chain = chain(engine);
            known = chain.isEmpty() ? null : new Proof(chain, verifiedBy);
            proof = known;
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

    /** Looks at names, hash and authority once for each setting: a frame may ask for the rights to hundreds of keys. */
    private @Nullable ClientIdentity identity(Proof shown) {
        TlsListener.Setting now = setting.get();
        Rights known = rights;
        if (known == null || !known.setting().equals(now)) {
            X509Certificate certificate = shown.chain().get(0);
            boolean trusted = shown.setting().equals(now) || now.tls().trusts(shown.chain());
            known = new Rights(now, trusted ? now.grants().identify(certificate, where) : null);
            rights = known;
        }
        return known.identity();
    }
}
