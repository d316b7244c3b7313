package dev.lockstep.jsse.manager;

import dev.lockstep.jsse.ExternalKey;
import dev.lockstep.keys.Discard;
import dev.lockstep.keys.ExecutorAsk;
import dev.lockstep.keys.ExecutorKey;
import dev.lockstep.keys.FutureAsk;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.CredentialRequest;
import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.wait.Asks;
import java.lang.System.Logger.Level;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A key manager as the selector of credentials. It is asked in every full handshake, for an alias of each type of key, with the
 * session of the handshake to look at, and no lock of the connection is held meanwhile: in the server's delegated task where
 * there is one, else on a thread of a pool. What belongs to an alias becomes a credential once and is kept: an {@link ExternalKey}
 * suspends handshakes, a key that gives its encoding signs in this process, any other one blocks a thread of a pool meanwhile.
 * An alias that no credential can be made of, such as one with a key that is too short, is left out, which is logged once; it
 * fails handshakes only where the manager has nothing else.
 */
public final class ServerKeys {

    /** The types of {@code PublicKey.getAlgorithm} that certificates of TLS 1.2 have; negotiation decides between them. */
    private static final List<String> KEY_TYPES = List.of("EC", "EdDSA", "RSA", "RSASSA-PSS");

    private static final System.Logger LOG = System.getLogger("dev.lockstep.jsse");

    private static final int MOST_CREDENTIALS = 10_000;

    private final X509KeyManager manager;
    private final Map<Pair, Made> credentials = new ConcurrentHashMap<>();

    /** What an alias stands for; a key manager that reloads gives other objects then. */
    private record Pair(List<X509Certificate> chain, PrivateKey key) {}

    /** What became of it, once: to check a chain takes time, also one that is refused. */
    private sealed interface Made {
        record Usable(Credential credential) implements Made {}

        record Refused(ConfigException reason) implements Made {}
    }

    private ServerKeys(X509KeyManager manager) {
        this.manager = manager;
    }

    /**
     * Returns the first manager that has X.509 keys, as {@code SSLContext.init} prescribes; without one no client can
     * be served.
     */
    public static ServerKeys of(KeyManager @Nullable [] managers) {
        if (managers != null) {
            for (KeyManager manager : managers) {
                if (manager instanceof X509KeyManager x509) {
                    return new ServerKeys(x509);
                }
            }
        }
        return new ServerKeys(new NoKeys());
    }

    /** Returns the selector of one connection. The manager may block: it is not asked on the thread that moves the connection. */
    public CredentialSelector selector(Party party) {
        Asks<CredentialRequest, List<Credential>> choice = choice(party);
        return (request, waker) -> {
            party.handshakeSession().peerAccepts(request.signatureSchemes());
            return choice.start(request, waker);
        };
    }

    private Asks<CredentialRequest, List<Credential>> choice(Party party) {
        Executor tasks = party.tasks();
        if (tasks == null) {
            return ExecutorAsk.<CredentialRequest, List<Credential>>of(
                            request -> choose(request, party), Discard::nothing, Workers.managers())
                    .sharedBy(request -> party.clientAddress());
        }
        return FutureAsk.of(
                request -> CompletableFuture.supplyAsync(() -> choose(request, party), tasks), Discard::nothing);
    }

    private List<Credential> choose(CredentialRequest request, Party party) {
        return Asked.by(party, () -> candidates(request, party));
    }

    private List<Credential> candidates(CredentialRequest request, Party party) {
        Principal[] issuers = request.certificateAuthorities().isEmpty()
                ? null
                : request.certificateAuthorities().toArray(new Principal[0]);
        List<Credential> chosen = new ArrayList<>();
        ConfigException refusal = null;
        for (String type : KEY_TYPES) {
            String alias = alias(type, issuers, party);
            Made made = alias == null ? null : made(alias);
            if (made instanceof Made.Refused refused && refusal == null) {
                refusal = refused.reason();
            } else if (made instanceof Made.Usable usable && !chosen.contains(usable.credential())) {
                chosen.add(usable.credential());
            }
        }
        if (chosen.isEmpty() && refusal != null) {
            throw new ConfigException(refusal.field(), refusal.reason(), refusal.fix(), refusal);
        }
        return chosen;
    }

    @SuppressWarnings("NullAway") // issuers and engine may be null by the contract of the JDK's interfaces
    private @Nullable String alias(String type, Principal @Nullable [] issuers, Party party) {
        SSLEngine engine = party.engine();
        return engine != null && manager instanceof X509ExtendedKeyManager extended
                ? extended.chooseEngineServerAlias(type, issuers, engine)
                : manager.chooseServerAlias(type, issuers, party.socket());
    }

    private @Nullable Made made(String alias) {
        X509Certificate[] chain = manager.getCertificateChain(alias);
        PrivateKey key = manager.getPrivateKey(alias);
        if (chain == null || chain.length == 0 || key == null) {
            return null;
        }
        if (credentials.size() >= MOST_CREDENTIALS) {
            credentials.clear(); // a manager that makes keys up for every client must not fill the memory
        }
        return credentials.computeIfAbsent(new Pair(List.of(chain), key), pair -> made(alias, pair));
    }

    private static Made made(String alias, Pair pair) {
        try {
            return new Made.Usable(credential(pair.chain, pair.key));
        } catch (ConfigException e) {
            LOG.log(Level.WARNING, "key manager: the alias " + alias + " is left out: " + e.getMessage());
            return new Made.Refused(e);
        }
    }

    private static Credential credential(List<X509Certificate> chain, PrivateKey key) {
        if (key instanceof ExternalKey external) {
            return Credential.external(chain, external.key());
        }
        if (key.getEncoded() != null) {
            return Credential.local(chain, key);
        }
        return Credential.external(chain, ExecutorKey.of(new JcaKey(key, chain.get(0)), Workers.keys()));
    }

    /** For a context that was initialized without key managers. */
    private static final class NoKeys extends X509ExtendedKeyManager {

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyType, Principal @Nullable [] issuers, java.net.@Nullable Socket socket) {
            return null;
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, java.net.@Nullable Socket socket) {
            return null;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return null;
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return null;
        }
    }
}
