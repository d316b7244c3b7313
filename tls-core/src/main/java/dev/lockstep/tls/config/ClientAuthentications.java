package dev.lockstep.tls.config;

import dev.lockstep.tls.spec.SignatureScheme;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The policy of each host name, by the rules of {@link Credentials}: exact names, then wildcards, then the default. */
final class ClientAuthentications {

    private final ClientAuthentication fallback;
    private final Map<String, ClientAuthentication> byHost;

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
}
