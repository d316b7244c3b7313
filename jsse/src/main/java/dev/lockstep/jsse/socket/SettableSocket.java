package dev.lockstep.jsse.socket;

import dev.lockstep.jsse.setting.EngineSettings;
import dev.lockstep.jsse.setting.Names;
import dev.lockstep.tls.config.ClientAuthentication.Demand;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.function.BiFunction;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** What a socket is set to before its handshake; for one thread, as sockets are set up by the thread that accepts them. */
abstract class SettableSocket extends ChannelSocket {

    final EngineSettings settings;

    SettableSocket(SocketChannel channel, EngineSettings settings) {
        super(channel);
        this.settings = settings;
    }

    @Override
    public void setHandshakeApplicationProtocolSelector(
            @Nullable BiFunction<SSLSocket, List<String>, String> selector) {
        settings.socketSelector(selector);
    }

    @Override
    public @Nullable BiFunction<SSLSocket, List<String>, String> getHandshakeApplicationProtocolSelector() {
        return settings.socketSelector();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return Names.supportedSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return settings.suiteNames();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        settings.suites(suites);
    }

    @Override
    public String[] getSupportedProtocols() {
        return Names.supportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return settings.protocolNames();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        settings.protocols(protocols);
    }

    @Override
    public void setUseClientMode(boolean mode) {
        settings.clientMode(mode);
    }

    @Override
    public boolean getUseClientMode() {
        return false;
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        settings.demand(need ? Demand.REQUIRED : Demand.NONE);
    }

    @Override
    public boolean getNeedClientAuth() {
        return settings.demand() == Demand.REQUIRED;
    }

    @Override
    public void setWantClientAuth(boolean want) {
        settings.demand(want ? Demand.WANTED : Demand.NONE);
    }

    @Override
    public boolean getWantClientAuth() {
        return settings.demand() == Demand.WANTED;
    }

    @Override
    public void setEnableSessionCreation(boolean flag) {
        settings.sessionCreation(flag);
    }

    @Override
    public boolean getEnableSessionCreation() {
        return settings.sessionCreation();
    }

    @Override
    public SSLParameters getSSLParameters() {
        return settings.parameters();
    }

    @Override
    public void setSSLParameters(SSLParameters parameters) {
        settings.apply(parameters);
    }
}
