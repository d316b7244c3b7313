package dev.lockstep.jsse.socket;

import dev.lockstep.jsse.setting.Context;
import dev.lockstep.jsse.setting.EngineSettings;
import dev.lockstep.jsse.setting.Names;
import dev.lockstep.tls.config.ClientAuthentication.Demand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.ServerSocketChannel;
import java.util.Set;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections whose sockets are set to what this one is set to then. An interrupt of a thread that accepts closes it, as
 * every {@link java.nio.channels.InterruptibleChannel}.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // the channel has locks of its own
final class LockstepServerSocket extends SSLServerSocket {

    private final Context context;
    private final EngineSettings settings;
    private final ServerSocketChannel channel;
    private final ServerSocket plain;

    LockstepServerSocket(Context context) throws IOException {
        this.context = context;
        this.settings = new EngineSettings(context.config());
        this.channel = ServerSocketChannel.open();
        this.plain = channel.socket();
    }

    /** Returns without a handshake, which takes place when the socket is first used. */
    @Override
    public Socket accept() throws IOException {
        Socket accepted = plain.accept();
        return new LockstepSocket(context, settings.copy(), accepted.getChannel());
    }

    @Override
    public void bind(@Nullable SocketAddress endpoint) throws IOException {
        plain.bind(endpoint);
    }

    @Override
    public void bind(@Nullable SocketAddress endpoint, int backlog) throws IOException {
        plain.bind(endpoint, backlog);
    }

    @Override
    public void close() throws IOException {
        if (channel != null) { // the constructor of ServerSocket may close what it could not bind
            channel.close();
        }
    }

    @Override
    public boolean isClosed() {
        return plain.isClosed();
    }

    @Override
    public boolean isBound() {
        return plain.isBound();
    }

    @Override
    public @Nullable ServerSocketChannel getChannel() {
        return null;
    }

    @Override
    public InetAddress getInetAddress() {
        return plain.getInetAddress();
    }

    @Override
    public int getLocalPort() {
        return plain.getLocalPort();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return plain.getLocalSocketAddress();
    }

    @Override
    public void setSoTimeout(int timeout) throws SocketException {
        plain.setSoTimeout(timeout);
    }

    @Override
    public int getSoTimeout() throws IOException {
        return plain.getSoTimeout();
    }

    @Override
    public void setReuseAddress(boolean on) throws SocketException {
        plain.setReuseAddress(on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return plain.getReuseAddress();
    }

    @Override
    public void setReceiveBufferSize(int size) throws SocketException {
        plain.setReceiveBufferSize(size);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return plain.getReceiveBufferSize();
    }

    @Override
    public <T> ServerSocket setOption(SocketOption<T> name, T value) throws IOException {
        channel.setOption(name, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        return channel.getOption(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return channel.supportedOptions();
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
        Names.requireServer(mode);
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

    @Override
    public String toString() {
        return "LockstepServerSocket[" + getLocalSocketAddress() + "]";
    }
}
