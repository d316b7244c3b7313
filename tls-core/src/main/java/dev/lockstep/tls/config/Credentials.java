package dev.lockstep.tls.config;

import dev.lockstep.tls.credential.Credential;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configured credentials by host name: exact names first, then wildcards of one label ({@code *.example.org}),
 * then the default ones. Names are compared without regard to ASCII case and to a trailing dot (RFC 6066 section 3).
 */
public final class Credentials {

    private final Candidates defaults;
    private final Map<String, Candidates> byHost;

    /** Those of one pattern, which differ from every other's though they be the same credentials. */
    static final class Candidates {
        private final List<Credential> list;

        private Candidates(List<Credential> list) {
            this.list = List.copyOf(list);
        }
    }

    Credentials(List<Credential> defaults, Map<String, List<Credential>> byHost) {
        this.defaults = new Candidates(defaults);
        Map<String, Candidates> copy = new HashMap<>();
        byHost.forEach((host, credentials) -> copy.put(host, new Candidates(credentials)));
        this.byHost = Map.copyOf(copy);
    }

    /** Returns the credentials for clients that send no or an unknown name; possibly empty. */
    public List<Credential> defaults() {
        return defaults.list;
    }

    /**
     * Returns the credentials for a name.
     *
     * @param serverName as the client sent it
     * @return null when no pattern matches
     */
    public @Nullable List<Credential> forHost(String serverName) {
        Candidates candidates = matching(serverName);
        return candidates == null ? null : candidates.list;
    }

    /** Returns those of the pattern that matches, or the default ones. */
    Candidates candidates(@Nullable String serverName) {
        Candidates candidates = serverName == null ? null : matching(serverName);
        return candidates == null ? defaults : candidates;
    }

    private @Nullable Candidates matching(String serverName) {
        String host = normalize(serverName);
        Candidates exact = byHost.get(host);
        if (exact != null) {
            return exact;
        }
        int dot = host.indexOf('.');
        return dot <= 0 ? null : byHost.get("*" + host.substring(dot));
    }

    /** Every configured credential, the default ones first. */
    public List<Credential> all() {
        List<Credential> all = new ArrayList<>(defaults.list);
        byHost.values().forEach(candidates -> all.addAll(candidates.list));
        return all;
    }

    static String normalize(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
