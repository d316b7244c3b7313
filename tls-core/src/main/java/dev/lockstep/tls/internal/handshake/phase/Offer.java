package dev.lockstep.tls.internal.handshake.phase;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.extension.ExtensionSet;
import dev.lockstep.tls.internal.extension.ServerName;
import dev.lockstep.tls.internal.extension.SessionTicket;
import dev.lockstep.tls.internal.message.ClientHello;
import org.jspecify.annotations.Nullable;

/** The client's offer: its ClientHello, and what that asks of this configuration. */
public final class Offer {

    /** Up to this length a ClientHello is kept as it is: there is little to gain. */
    private static final int SHORT = 2048;

    private final TlsServerConfig config;
    private final ClientHello hello;

    /**
     * An offer whose ClientHello was found acceptable by itself.
     *
     * @param length of the message, in bytes; a long one is reduced to what this configuration can use
     */
    public Offer(TlsServerConfig config, ClientHello hello, int length) {
        this.config = config;
        this.hello = length <= SHORT ? hello : essentials(config, hello);
    }

    private static ClientHello essentials(TlsServerConfig config, ClientHello hello) {
        boolean asksSelector = config.credentialSelector() != null;
        boolean asksForProtocol = config.applicationProtocolSelector() != null;
        return hello.essentials(asksSelector || asksForProtocol ? null : config.applicationProtocols(), asksSelector);
    }

    /** Returns about how many bytes the offer holds. */
    int heldBytes() {
        return hello.heldBytes();
    }

    public ClientHello hello() {
        return hello;
    }

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
