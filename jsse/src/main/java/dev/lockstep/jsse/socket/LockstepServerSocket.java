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
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
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
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
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
        return new LockstepSocket(context, read(EngineSettings::copy), accepted.getChannel());
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
        return read(EngineSettings::suiteNames);
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        change(held -> held.suites(suites));
    }

    @Override
    public String[] getSupportedProtocols() {
        return Names.supportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return read(EngineSettings::protocolNames);
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        change(held -> held.protocols(protocols));
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
        change(held -> held.demand(need ? Demand.REQUIRED : Demand.NONE));
    }

    @Override
    public boolean getNeedClientAuth() {
        return read(EngineSettings::demand) == Demand.REQUIRED;
    }

    @Override
    public void setWantClientAuth(boolean want) {
        change(held -> held.demand(want ? Demand.WANTED : Demand.NONE));
    }

    @Override
    public boolean getWantClientAuth() {
        return read(EngineSettings::demand) == Demand.WANTED;
    }

    @Override
    public void setEnableSessionCreation(boolean flag) {
        change(held -> held.sessionCreation(flag));
    }

    @Override
    public boolean getEnableSessionCreation() {
        return read(EngineSettings::sessionCreation);
    }

    @Override
    public SSLParameters getSSLParameters() {
        return read(EngineSettings::parameters);
    }

    @Override
    public void setSSLParameters(SSLParameters parameters) {
        change(held -> held.apply(parameters));
    }

    /** Reads what is set, as a whole: one thread may change it while another one accepts. */
    private <T> T read(Function<EngineSettings, T> part) {
        lock.lock();
        try {
            return part.apply(settings);
        } finally {
            lock.unlock();
        }
    }

    private void change(Consumer<EngineSettings> change) {
        lock.lock();
        try {
            change.accept(settings);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "LockstepServerSocket[" + getLocalSocketAddress() + "]";
    }
}
