package dev.lockstep.netty;

import io.netty.handler.ssl.JdkAlpnApplicationProtocolNegotiator;
import io.netty.handler.ssl.JdkApplicationProtocolNegotiator;
import java.util.List;
import javax.net.ssl.SSLEngine;

/**
 * Has Netty tell which protocol an engine has chosen, and leaves the choice to the engine's configuration. Netty asks only
 * engines of its own for the protocol. Its engine for servers would choose itself; the one for clients, which is used here,
 * sets names, the ones that are set already, and looks at what was chosen.
 */
@SuppressWarnings("deprecation") // Netty deprecates types that it has no others for
final class ReportedProtocols implements JdkApplicationProtocolNegotiator {

    /** Makes the engines; its own names are not used. */
    private static final JdkApplicationProtocolNegotiator ALPN = new JdkAlpnApplicationProtocolNegotiator(false, "h2");

    private final List<String> names;

    /** @param names of the configuration; empty where it has a selector only */
    ReportedProtocols(List<String> names) {
        this.names = names;
    }

    SSLEngine reporting(SSLEngine engine) {
        return ALPN.wrapperFactory().wrapSslEngine(engine, this, false);
    }

    @Override
    public List<String> protocols() {
        return names;
    }

    @Override
    public SslEngineWrapperFactory wrapperFactory() {
        return (engine, negotiator, isServer) -> reporting(engine);
    }

    @Override
    public ProtocolSelectorFactory protocolSelectorFactory() {
        return ALPN.protocolSelectorFactory();
    }

    @Override
    public ProtocolSelectionListenerFactory protocolListenerFactory() {
        return (engine, supported) -> Content.INSTANCE;
    }

    /** Takes whatever the configuration has decided. */
    private enum Content implements ProtocolSelectionListener {
        INSTANCE;

        @Override
        public void unsupported() {
            // The configuration lets such clients pass, or has refused this one by now.
        }

        @Override
        public void selected(String protocol) {
            // Netty's engine asks Lockstep's for it.
        }
    }
}
