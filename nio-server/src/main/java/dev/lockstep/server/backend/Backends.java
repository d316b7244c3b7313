package dev.lockstep.server.backend;

import dev.lockstep.server.HostPattern;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.log.EventLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The backends by the host name that a client asks for. Immutable. */
final class Backends {

    private static final String OPTION = "--backend";

    /** By host name in lower case or {@code *.domain}; the empty name for all others. */
    private final Map<String, Backend> byName = new LinkedHashMap<>();

    /**
     * Reads the values of the option.
     *
     * @param values each {@code ADDRESS} or {@code NAME=ADDRESS}
     */
    Backends(List<String> values, EventLog log, Executor lookups, BackendMetrics metrics) throws UsageError {
        Map<BackendAddress, Backend> known = new LinkedHashMap<>();
        for (String value : values) {
            int equals = value.startsWith("unix:") ? -1 : value.indexOf('=');
            String name = equals < 0 ? "" : HostPattern.require(OPTION, value.substring(0, equals));
            BackendAddress address = BackendAddress.parse(value.substring(equals + 1));
            Backend backend = known.get(address);
            if (backend == null) {
                backend = new Backend(address, log, lookups, metrics.of(address.text()));
                known.put(address, backend);
            }
            if (byName.put(name, backend) != null) {
                throw new UsageError(
                        OPTION,
                        name.isEmpty() ? "was given twice without a name" : "'" + name + "' was given twice",
                        "give one backend for each name, and one without a name for all others");
            }
        }
    }

    /**
     * Returns the backend for a host name: its own, else that of {@code *.domain}, else the one without a name.
     *
     * @param serverName what the client asked for; null for nothing
     * @return null when there is none
     */
    @Nullable
    Backend choose(@Nullable String serverName) {
        if (serverName != null) {
            String name = HostPattern.normal(serverName);
            Backend own = byName.get(name);
            if (own == null && name.indexOf('.') > 0) {
                own = byName.get("*" + name.substring(name.indexOf('.')));
            }
            if (own != null) {
                return own;
            }
        }
        return byName.get("");
    }

    /** Returns the names of all backends, for the line that says what is served. */
    String describe() {
        StringBuilder text = new StringBuilder();
        byName.forEach((name, backend) -> text.append(text.isEmpty() ? "" : ", ")
                .append(name.isEmpty() ? "" : name + " to ")
                .append(backend.name()));
        return text.toString();
    }
}
