package dev.lockstep.tls.session;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ProtocolVersion;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of a session that can be resumed (RFC 5246 section 7.3): the master secret, and the parameters against which
 * a resumption is checked. Immutable except for {@link #destroy}; thread-safe until then.
 *
 * <p>With it, an attacker can read and forge the connections of its session. {@code toString} contains no secret.
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
     * Returns a builder of a session.
     *
     * @param cipherSuite the suite that the master secret is for
     * @param masterSecret 48 bytes; copied
     * @param createdAtSeconds the time of the full handshake, in seconds since 1970; a renewed ticket keeps it
     * @throws IllegalArgumentException for another length, or a time before 1970
     */
    public static ResumableSessionBuilder builder(CipherSuite cipherSuite, byte[] masterSecret, long createdAtSeconds) {
        return new ResumableSessionBuilder(cipherSuite, masterSecret, createdAtSeconds);
    }

    /** Returns the protocol version, major byte above minor byte; always 3.3. */
    public int protocolVersion() {
        return ProtocolVersion.TLS_1_2;
    }

    /** Returns the cipher suite that the master secret is for. */
    public CipherSuite cipherSuite() {
        return cipherSuite;
    }

    /**
     * Returns a copy of the master secret, 48 bytes, for the caller to wipe.
     *
     * @throws IllegalStateException after {@link #destroy}
     */
    public synchronized byte[] masterSecret() {
        if (destroyed) {
            throw new IllegalStateException("the session was destroyed");
        }
        return masterSecret.clone();
    }

    /** Returns whether the master secret is the extended one of RFC 7627. */
    public boolean extendedMasterSecret() {
        return extendedMasterSecret;
    }

    /** Returns whether the session uses encrypt-then-MAC (RFC 7366). */
    public boolean encryptThenMac() {
        return encryptThenMac;
    }

    /**
     * Returns the session's max_fragment_length code (RFC 6066 section 4), 1 to 4; 0 if none was negotiated.
     */
    public int maxFragmentLength() {
        return maxFragmentLength;
    }

    /** Returns the host name that the client asked for, or null. */
    public @Nullable String serverName() {
        return serverName;
    }

    /** Returns a copy of the PSK identity that authenticated the client (RFC 4279), or null. */
    public byte @Nullable [] pskIdentity() {
        return pskIdentity == null ? null : pskIdentity.clone();
    }

    /** Returns the certificates that authenticated the client, leaf first; empty when there were none. */
    public List<X509Certificate> clientChain() {
        return clientChain;
    }

    /** Returns a copy of the context that the session is bound to besides its server name, 0 to 32 bytes. */
    public byte[] context() {
        return context.clone();
    }

    /** Returns when the full handshake took place, in seconds since 1970. */
    public long createdAtSeconds() {
        return createdAtSeconds;
    }

    /**
     * Returns the session as bytes that begin with a version, for a store or a ticket.
     *
     * @return an array that the caller wipes; empty if it would be longer than {@link #MAX_ENCODED_LENGTH}
     * @throws IllegalStateException after {@link #destroy}
     */
    public Optional<byte[]> encode() {
        return SessionCodec.encode(this);
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @param encoded any bytes; not changed
     * @return empty if they are not a session, or one of an unknown version
     */
    public static Optional<ResumableSession> decode(byte[] encoded) {
        return SessionCodec.decode(encoded);
    }

    /**
     * Returns a copy of this session with its own copy of the secret, so that each can be destroyed separately.
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

    /** Returns whether the master secret is wiped, and the session of no use any more. */
    public synchronized boolean isDestroyed() {
        return destroyed;
    }

    /** Wipes the master secret and keeps everything else. Idempotent. */
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
