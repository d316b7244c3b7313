package dev.lockstep.server.backend;

import dev.lockstep.server.UsageError;
import java.util.Locale;

/** The two forms of the PROXY protocol's header. */
enum ProxyVersion {
    /** A line of text. */
    V1,
    /** Binary, with what TLS knows of the client. */
    V2;

    static ProxyVersion parse(String text) throws UsageError {
        for (ProxyVersion version : values()) {
            if (version.name().equals(text.toUpperCase(Locale.ROOT))) {
                return version;
            }
        }
        throw new UsageError("--proxy-protocol", "'" + text + "' is no version", "use v1 or v2");
    }
}
