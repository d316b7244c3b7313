package dev.lockstep.tls.session;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.spec.CipherSuite;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the facts of a {@link ResumableSession}. For one thread, and for one session. A value out of its range is an
 * {@link IllegalArgumentException}.
 */
public final class ResumableSessionBuilder {

    final CipherSuite cipherSuite;
    final byte[] masterSecret;
    final long createdAtSeconds;
    boolean extendedMasterSecret;
    boolean encryptThenMac;
    int maxFragmentLength;

    @Nullable
    String serverName;

    byte @Nullable [] pskIdentity;
    List<X509Certificate> clientChain = List.of();
    byte[] context = {};
    private boolean built;

    ResumableSessionBuilder(CipherSuite cipherSuite, byte[] masterSecret, long createdAtSeconds) {
        if (masterSecret.length != ResumableSession.MASTER_SECRET_LENGTH) {
            throw new IllegalArgumentException("a master secret of " + masterSecret.length + " bytes; give 48");
        }
        if (createdAtSeconds < 0) {
            throw new IllegalArgumentException("createdAtSeconds: " + createdAtSeconds + " is before 1970");
        }
        this.cipherSuite = Objects.requireNonNull(cipherSuite, "cipherSuite");
        this.masterSecret = masterSecret.clone();
        this.createdAtSeconds = createdAtSeconds;
    }

    /** Sets whether the master secret is the extended one of RFC 7627; false by default. */
    public ResumableSessionBuilder extendedMasterSecret(boolean inForce) {
        extendedMasterSecret = inForce;
        return this;
    }

    /** Sets whether the session uses encrypt-then-MAC (RFC 7366); false by default. */
    public ResumableSessionBuilder encryptThenMac(boolean inForce) {
        encryptThenMac = inForce;
        return this;
    }

    /** Sets the code of max_fragment_length, 1 to 4; 0 for none. */
    public ResumableSessionBuilder maxFragmentLength(int code) {
        if (code < 0 || code > 4) {
            throw new IllegalArgumentException("maxFragmentLength: " + code + "; give 0 to 4");
        }
        maxFragmentLength = code;
        return this;
    }

    /** Sets the host name in ASCII, 1 to 255 bytes, or null. */
    public ResumableSessionBuilder serverName(@Nullable String host) {
        if (host != null && (host.isEmpty() || host.length() > 255 || !isAscii(host))) {
            throw new IllegalArgumentException("serverName: give 1 to 255 characters of ASCII, or null");
        }
        serverName = host;
        return this;
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    /** Sets the identity of RFC 4279, at most 2^16-1 bytes, copied; or null. */
    public ResumableSessionBuilder pskIdentity(byte @Nullable [] identity) {
        if (identity != null && identity.length > 0xffff) {
            throw new IllegalArgumentException("pskIdentity: " + identity.length + " bytes; give at most 65535");
        }
        pskIdentity = identity == null ? null : identity.clone();
        return this;
    }

    /** Sets the client's certificates, leaf first. */
    public ResumableSessionBuilder clientChain(List<X509Certificate> chain) {
        clientChain = List.copyOf(chain);
        return this;
    }

    /** Sets what the session is bound to, 0 to 32 bytes; copied. */
    public ResumableSessionBuilder context(byte[] bytes) {
        if (bytes.length > ResumableSession.MAX_CONTEXT_LENGTH) {
            throw new IllegalArgumentException("context: " + bytes.length + " bytes; give at most 32");
        }
        context = bytes.clone();
        return this;
    }

    /**
     * Returns the session; the builder's copy of the secret is cleared.
     *
     * @throws IllegalStateException when called a second time
     */
    public ResumableSession build() {
        if (built) {
            throw new IllegalStateException("this builder has built its session, and cleared the secret; make another");
        }
        built = true;
        ResumableSession session = new ResumableSession(this);
        Wipe.bytes(masterSecret);
        return session;
    }
}
