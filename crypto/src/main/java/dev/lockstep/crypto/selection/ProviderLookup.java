package dev.lockstep.crypto.selection;

import java.security.Provider;
import java.security.Security;
import java.util.Iterator;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Providers by their names. Safe for any thread. */
public final class ProviderLookup {
    /** Those that were made here: one of each in a process, as each may hold a library of its own. */
    private static final Map<String, Provider> MADE = new ConcurrentHashMap<>();

    private ProviderLookup() {}

    /**
     * Finds a provider that is registered or declared as a service. Nothing is registered by it.
     *
     * @return null if there is none of the name
     */
    public static @Nullable Provider named(String name) {
        Provider registered = Security.getProvider(name);
        if (registered != null) {
            return registered;
        }
        Provider made = MADE.get(name);
        if (made != null) {
            return made;
        }
        Iterator<Provider> services = ServiceLoader.load(Provider.class).iterator();
        while (true) {
            try {
                if (!services.hasNext()) {
                    return null;
                }
                Provider service = services.next();
                if (service.getName().equals(name)) {
                    Provider earlier = MADE.putIfAbsent(name, service);
                    return earlier == null ? service : earlier;
                }
            } catch (ServiceConfigurationError e) {
                // One that cannot be made here, for want of its library perhaps: it is not the one that was meant, or
                // is
                // reported as missing.
            }
        }
    }
}
