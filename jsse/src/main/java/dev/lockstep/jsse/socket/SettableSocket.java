package dev.lockstep.jsse.socket;

import dev.lockstep.jsse.setting.EngineSettings;
import dev.lockstep.jsse.setting.Names;
import dev.lockstep.tls.config.ClientAuthentication.Demand;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.function.BiFunction;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * What a socket is set to before its handshake, for one thread, as sockets are set up by the thread that accepts them; and how
 * far it is closed, for any.
 */
abstract class SettableSocket extends ChannelSocket {

    final EngineSettings settings;
    final Listeners listeners = new Listeners();
    volatile boolean closed;
    volatile boolean outputShut;
    volatile int soTimeout;

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

    // ---- its ends, timeout and listeners

    final void requireOpen() throws SocketException {
        if (closed) {
            throw new SocketException("Socket is closed");
        }
    }

    @Override
    public final boolean isOutputShutdown() {
        return outputShut || closed;
    }

    /** Not offered: close_notify of the client ends the input. */
    @Override
    public final void shutdownInput() {
        throw new UnsupportedOperationException("close the socket, or read to the end of the input");
    }

    @Override
    public final boolean isInputShutdown() {
        return closed;
    }

    @Override
    public final boolean isClosed() {
        return closed;
    }

    /** Bounds how long reads and handshakes wait for the client; the next one to begin takes the change. */
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // a field that is written
    public final void setSoTimeout(int millis) throws SocketException {
        requireOpen();
        if (millis < 0) {
            throw new IllegalArgumentException("soTimeout: " + millis + " is negative");
        }
        soTimeout = millis;
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // a field that is read
    public final int getSoTimeout() {
        return soTimeout;
    }

    @Override
    public final void addHandshakeCompletedListener(HandshakeCompletedListener listener) {
        listeners.add(listener);
    }

    @Override
    public final void removeHandshakeCompletedListener(HandshakeCompletedListener listener) {
        listeners.remove(listener);
    }
}
