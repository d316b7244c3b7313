package dev.lockstep.servers;

import dev.lockstep.jsse.LockstepEngine;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.alpn.server.ALPNServerConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.ALPNProcessor;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;

/** Lets Jetty choose the protocol of Lockstep's engines: named in {@code META-INF/services}, as Jetty looks for it. */
public final class JettyAlpn implements ALPNProcessor.Server {

    @Override
    public boolean appliesTo(SSLEngine engine) {
        return engine instanceof LockstepEngine;
    }

    @Override
    public void configure(SSLEngine engine, Connection connection) {
        ALPNServerConnection alpn = (ALPNServerConnection) connection;
        engine.setHandshakeApplicationProtocolSelector((asking, offered) -> {
            alpn.select(offered);
            return alpn.getProtocol();
        });
        ((SslConnection.SslEndPoint) alpn.getEndPoint())
                .getSslConnection()
                .addHandshakeListener(new SslHandshakeListener() {
                    @Override
                    public void handshakeSucceeded(Event event) {
                        if (alpn.getProtocol() == null) {
                            alpn.unsupported(); // the client knows no ALPN: the default protocol
                        }
                    }
                });
    }
}
