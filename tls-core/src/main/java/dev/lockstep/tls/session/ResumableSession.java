package dev.lockstep.tls.session;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ProtocolVersion;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What two peers must remember to continue a session (RFC 5246 section 7.3): the master secret, and every fact that a
 * resumption is checked against. Immutable but for {@link #destroy}; safe for any thread until then.
 *
 * <p>It is enough to read and forge the connections of its session. {@code toString} shows no secret.
 */
public final class ResumableSession {

    /** The length of a master secret, in bytes. */
    public static final int MASTER_SECRET_LENGTH = 48;

    /** The longest {@link #context}, in bytes. */
    public static final int MAX_CONTEXT_LENGTH = 32;

    /** The longest encoded session, in bytes; one with a longer chain of certificates cannot be kept or sealed. */
    public static final int MAX_ENCODED_LENGTH = 1 << 15;

    private final CipherSuite cipherSuite;
    private final byte[] masterSecret;
    private final boolean extendedMasterSecret;
    private final boolean encryptThenMac;
    private final int maxFragmentLength;
    private final @Nullable String serverName;
    private final byte @Nullable [] pskIdentity;
    private final List<X509Certificate> clientChain;
    private final byte[] context;
    private final long createdAtSeconds;
    private boolean destroyed;

    ResumableSession(ResumableSessionBuilder builder) {
        cipherSuite = builder.cipherSuite;
        masterSecret = builder.masterSecret.clone();
        extendedMasterSecret = builder.extendedMasterSecret;
        encryptThenMac = builder.encryptThenMac;
        maxFragmentLength = builder.maxFragmentLength;
        serverName = builder.serverName;
        pskIdentity = builder.pskIdentity;
        clientChain = builder.clientChain;
        context = builder.context;
        createdAtSeconds = builder.createdAtSeconds;
    }

    /**
     * Begins a session.
     *
     * @param cipherSuite the suite that the master secret is for
     * @param masterSecret 48 bytes; copied
     * @param createdAtSeconds when the full handshake took place, in seconds since 1970: renewals keep it
     */
    public static ResumableSessionBuilder builder(CipherSuite cipherSuite, byte[] masterSecret, long createdAtSeconds) {
        return new ResumableSessionBuilder(cipherSuite, masterSecret, createdAtSeconds);
    }

    /** The protocol version, major byte above minor byte; always 3.3. */
    public int protocolVersion() {
        return ProtocolVersion.TLS_1_2;
    }

    public CipherSuite cipherSuite() {
        return cipherSuite;
    }

    /**
     * A copy of the master secret, 48 bytes, for the caller to wipe.
     *
     * @throws IllegalStateException after {@link #destroy}
     */
    public synchronized byte[] masterSecret() {
        if (destroyed) {
            throw new IllegalStateException("the session was destroyed");
        }
        return masterSecret.clone();
    }

    /** Whether the master secret is the extended one of RFC 7627. */
    public boolean extendedMasterSecret() {
        return extendedMasterSecret;
    }

    /** Whether RFC 7366 was in force. */
    public boolean encryptThenMac() {
        return encryptThenMac;
    }

    /** The code of max_fragment_length (RFC 6066 section 4), 1 to 4, which lasts as long as the session; 0 for none. */
    public int maxFragmentLength() {
        return maxFragmentLength;
    }

    /** The host name that the client asked for, or null. */
    public @Nullable String serverName() {
        return serverName;
    }

    /** A copy of the PSK identity that authenticated the client (RFC 4279), or null. */
    public byte @Nullable [] pskIdentity() {
        return pskIdentity == null ? null : pskIdentity.clone();
    }

    /** The certificates that authenticated the client, leaf first; empty when there were none. */
    public List<X509Certificate> clientChain() {
        return clientChain;
    }

    /** What the session is bound to besides its name: a copy, 0 to 32 bytes. */
    public byte[] context() {
        return context.clone();
    }

    /** When the full handshake took place, in seconds since 1970. */
    public long createdAtSeconds() {
        return createdAtSeconds;
    }

    /**
     * The session as bytes, with a version in front, for a store or a ticket.
     *
     * @return empty when it would be longer than {@link #MAX_ENCODED_LENGTH}; otherwise for the caller to wipe
     * @throws IllegalStateException after {@link #destroy}
     */
    public Optional<byte[]> encode() {
        return SessionCodec.encode(this);
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @param encoded any bytes; left as they are
     * @return empty when they are no session, or one of a version not known here
     */
    public static Optional<ResumableSession> decode(byte[] encoded) {
        return SessionCodec.decode(encoded);
    }

    /**
     * The same session with a secret of its own, so that one can be destroyed without the other.
     *
     * @throws IllegalStateException after {@link #destroy}
     */
    public ResumableSession copy() {
        byte[] secret = masterSecret();
        try {
            ResumableSessionBuilder builder = builder(cipherSuite, secret, createdAtSeconds)
                    .extendedMasterSecret(extendedMasterSecret)
                    .encryptThenMac(encryptThenMac)
                    .maxFragmentLength(maxFragmentLength)
                    .serverName(serverName)
                    .pskIdentity(pskIdentity)
                    .clientChain(clientChain)
                    .context(context);
            return builder.build();
        } finally {
            Wipe.bytes(secret);
        }
    }

    /** Clears the master secret; the facts stay. A second call does nothing. */
    public synchronized void destroy() {
        destroyed = true;
        Wipe.bytes(masterSecret);
    }

    /** Facts only. */
    @Override
    public String toString() {
        return "ResumableSession[" + cipherSuite + ", created " + createdAtSeconds + "]";
    }
}
