package dev.lockstep.tls.config;

import dev.lockstep.tls.credential.Credential;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configured credentials by host name: exact names first, then wildcards of one label ({@code *.example.org}),
 * then the default ones. Names are compared without regard to ASCII case and to a trailing dot (RFC 6066 section 3).
 */
public final class Credentials {

    private final List<Credential> defaults;
    private final Map<String, List<Credential>> byHost;

    Credentials(List<Credential> defaults, Map<String, List<Credential>> byHost) {
        this.defaults = List.copyOf(defaults);
        this.byHost = Map.copyOf(byHost);
    }

    /** The credentials for clients that send no or an unknown name; possibly empty. */
    public List<Credential> defaults() {
        return defaults;
    }

    /**
     * The credentials for a name.
     *
     * @param serverName as the client sent it
     * @return null when no pattern matches
     */
    public @Nullable List<Credential> forHost(String serverName) {
        String host = normalize(serverName);
        List<Credential> exact = byHost.get(host);
        if (exact != null) {
            return exact;
        }
        int dot = host.indexOf('.');
        return dot <= 0 ? null : byHost.get("*" + host.substring(dot));
    }

    /** Every configured credential, the default ones first. */
    public List<Credential> all() {
        List<Credential> all = new ArrayList<>(defaults);
        byHost.values().forEach(all::addAll);
        return all;
    }

    static String normalize(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
