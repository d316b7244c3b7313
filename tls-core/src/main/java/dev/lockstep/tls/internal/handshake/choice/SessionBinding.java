package dev.lockstep.tls.internal.handshake.choice;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.extension.ServerName;
import dev.lockstep.tls.internal.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * What a session is bound to besides its server name, as 32 bytes: which server this is, for that name. Servers may share
 * a store or ticket keys without being the same; a session that begins at one of them must not go on at another that
 * only happens to hold the key, or an attacker who redirects a connection chooses who answers it.
 */
public final class SessionBinding {

    private static final byte[] LABEL = "lockstep session context 1".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] PSK = "psk".getBytes(StandardCharsets.US_ASCII);

    private SessionBinding() {}

    /** The context of sessions for a client that asks for {@code serverName}; not to be changed. */
    public static byte[] of(TlsServerConfig config, @Nullable String serverName) {
        return config.sessionBinding(serverName, false, () -> {
            byte[] server = compute(config, serverName);
            // Without a context or a credential nothing tells this server from others that hold the same ticket keys.
            return config.sessionContext() != null
                            || !candidates(config, serverName).isEmpty()
                    ? server
                    : HashAlgorithm.SHA256.digest(server, config.ownContext());
        });
    }

    /**
     * The context of the sessions of clients with a pre-shared key: that another server knew the key does not mean that this
     * one does. Not to be changed.
     */
    public static byte[] withPreSharedKey(TlsServerConfig config, @Nullable String serverName) {
        return config.sessionBinding(
                serverName,
                true,
                () -> HashAlgorithm.SHA256.digest(compute(config, serverName), PSK, config.pskContext()));
    }

    private static byte[] compute(TlsServerConfig config, @Nullable String serverName) {
        WireWriter facts = new WireWriter(512).bytes(LABEL);
        byte[] own = config.sessionContext();
        if (own != null) {
            facts.uint8(1).opaque16(own);
        } else {
            facts.uint8(0);
            publicKeys(candidates(config, serverName)).forEach(facts::bytes);
        }
        // A session that vouches for a client holds only where the same authorities would have vouched for it.
        ClientAuthentication policy = config.clientAuthentication(serverName);
        List<X500Principal> listed = policy.certificateAuthorities();
        authorities(listed, facts);
        List<X500Principal> accepted = policy.acceptedIssuers();
        if (!accepted.equals(listed)) {
            authorities(accepted, facts.uint8(listed.size() & 0xff)); // clients are listed others, or none
        }
        byte[] verifier = policy.sessionContext();
        if (verifier.length > 0) {
            facts.opaque16(verifier);
        }
        return HashAlgorithm.SHA256.digest(facts.toByteArray());
    }

    private static void authorities(List<X500Principal> names, WireWriter facts) {
        for (X500Principal name : names) {
            facts.bytes(HashAlgorithm.SHA256.digest(name.getEncoded()));
        }
    }

    private static List<Credential> candidates(TlsServerConfig config, @Nullable String serverName) {
        List<Credential> named =
                serverName == null ? null : config.credentials().forHost(serverName);
        return named != null ? named : config.credentials().defaults();
    }

    /** Renewed certificates leave a session alone as long as their keys stay; the order of configuration is no matter. */
    private static List<byte[]> publicKeys(List<Credential> candidates) {
        return candidates.stream()
                .map(credential -> HashAlgorithm.SHA256.digest(
                        credential.chain().get(0).getPublicKey().getEncoded()))
                .sorted(Arrays::compareUnsigned)
                .toList();
    }

    /** RFC 6066 3: names are compared without regard to ASCII case; a trailing dot says nothing either. */
    static boolean sameName(@Nullable String a, @Nullable String b) {
        return Objects.equals(a, b) || Objects.equals(new ServerName(a).normalized(), new ServerName(b).normalized());
    }
}
