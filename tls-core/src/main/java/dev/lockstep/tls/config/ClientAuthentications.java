package dev.lockstep.tls.config;

import dev.lockstep.tls.spec.SignatureScheme;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The policy of each host name, by the rules of {@link Credentials}: exact names, then wildcards, then the default. */
final class ClientAuthentications {

    private final ClientAuthentication fallback;
    private final Map<String, ClientAuthentication> byHost;

    /** What sessions are bound to: at most twice as many as there are patterns of host names. */
    private final Map<Bound, byte[]> bindings = new ConcurrentHashMap<>();

    /** Who answers for a name, and whom it admits, both compared by identity; and whether by a pre-shared key. */
    private record Bound(Credentials.Candidates candidates, ClientAuthentication policy, boolean psk) {}

    /**
     * Completes and checks every policy.
     *
     * @param byHost by normalized pattern
     * @param schemes the configuration's own
     */
    ClientAuthentications(
            ClientAuthentication fallback, Map<String, ClientAuthentication> byHost, List<SignatureScheme> schemes) {
        this.fallback = fallback.completed(schemes);
        Map<String, ClientAuthentication> completed = new HashMap<>();
        byHost.forEach((host, policy) -> completed.put(host, policy.completed(schemes)));
        this.byHost = Map.copyOf(completed);
    }

    private ClientAuthentications(ClientAuthentications that) {
        fallback = that.fallback;
        byHost = that.byHost;
    }

    /** Returns the same policies for a server whose sessions are bound to something else. */
    ClientAuthentications unbound() {
        return new ClientAuthentications(this);
    }

    ClientAuthentication of(@Nullable String serverName) {
        if (serverName == null || byHost.isEmpty()) {
            return fallback;
        }
        String host = Credentials.normalize(serverName);
        ClientAuthentication exact = byHost.get(host);
        if (exact != null) {
            return exact;
        }
        int dot = host.indexOf('.');
        return dot <= 0 ? fallback : byHost.getOrDefault("*" + host.substring(dot), fallback);
    }

    /** Returns the binding of sessions between these, which is computed for the first of them. */
    byte[] sessionBinding(
            Credentials.Candidates candidates, ClientAuthentication policy, boolean psk, Supplier<byte[]> compute) {
        return bindings.computeIfAbsent(new Bound(candidates, policy, psk), none -> compute.get());
    }
}
