package dev.lockstep.tls.internal.handshake.phase;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.extension.ExtensionSet;
import dev.lockstep.tls.internal.extension.ServerName;
import dev.lockstep.tls.internal.extension.SessionTicket;
import dev.lockstep.tls.internal.message.ClientHello;
import org.jspecify.annotations.Nullable;

/**
 * The client's offer: its ClientHello, and what that asks of this configuration.
 *
 * @param config the configuration of the connection
 * @param hello a ClientHello that was found acceptable by itself
 */
public record Offer(TlsServerConfig config, ClientHello hello) {

    public ExtensionSet extensions() {
        return hello.extensions();
    }

    /** Returns the host name of the server_name extension, or null. */
    public @Nullable String serverName() {
        ServerName extension = extensions().find(ServerName.class);
        return extension == null ? null : extension.hostName();
    }

    /** Tells whether the client presents a ticket that this server may be able to open. */
    public boolean hasTicket() {
        return presentsTicket() && config.tickets() != null;
    }

    /** Returns the ticket that the client presents; empty when it presents none. */
    public byte[] ticket() {
        SessionTicket extension = extensions().find(SessionTicket.class);
        return extension == null ? new byte[0] : extension.ticket();
    }

    /** Tells whether the client names a session by its id and there is a store to look it up in. */
    public boolean namesSession() {
        // RFC 5077 3.4-3: "If a ticket is presented by the client, the server MUST NOT attempt to use the Session
        // ID in the ClientHello for stateful session resumption."
        return !presentsTicket() && hello.sessionId().length > 0 && config.sessionStore() != null;
    }

    /** Tells whether a selector chooses the credentials for this offer. */
    public boolean hasSelector() {
        return config.credentialSelector() != null;
    }

    private boolean presentsTicket() {
        return ticket().length > 0;
    }

    @Override
    public String toString() {
        return "Offer";
    }
}
