package dev.lockstep.jsse.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.util.Set;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** The plain half of a socket over a connected channel: addresses and options. */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // the channel has locks of its own
abstract class ChannelSocket extends SSLSocket {

    private final SocketChannel channel;
    private final Socket plain;

    ChannelSocket(SocketChannel channel) {
        this.channel = channel;
        this.plain = channel.socket();
    }

    @Override
    public final void connect(SocketAddress endpoint, int timeout) throws IOException {
        throw new SocketException("already connected");
    }

    @Override
    public final void connect(SocketAddress endpoint) throws IOException {
        throw new SocketException("already connected");
    }

    @Override
    public final void bind(@Nullable SocketAddress address) throws IOException {
        throw new SocketException("already bound");
    }

    /** Null: bytes that bypass TLS would break the connection. */
    @Override
    public final @Nullable SocketChannel getChannel() {
        return null;
    }

    @Override
    public final InetAddress getInetAddress() {
        return plain.getInetAddress();
    }

    @Override
    public final InetAddress getLocalAddress() {
        return plain.getLocalAddress();
    }

    @Override
    public final int getPort() {
        return plain.getPort();
    }

    @Override
    public final int getLocalPort() {
        return plain.getLocalPort();
    }

    @Override
    public final SocketAddress getRemoteSocketAddress() {
        return plain.getRemoteSocketAddress();
    }

    @Override
    public final SocketAddress getLocalSocketAddress() {
        return plain.getLocalSocketAddress();
    }

    @Override
    public final boolean isConnected() {
        return true;
    }

    @Override
    public final boolean isBound() {
        return true;
    }

    @Override
    public final void setTcpNoDelay(boolean on) throws SocketException {
        plain.setTcpNoDelay(on);
    }

    @Override
    public final boolean getTcpNoDelay() throws SocketException {
        return plain.getTcpNoDelay();
    }

    @Override
    public final void setSoLinger(boolean on, int linger) throws SocketException {
        plain.setSoLinger(on, linger);
    }

    @Override
    public final int getSoLinger() throws SocketException {
        return plain.getSoLinger();
    }

    @Override
    public final void setKeepAlive(boolean on) throws SocketException {
        plain.setKeepAlive(on);
    }

    @Override
    public final boolean getKeepAlive() throws SocketException {
        return plain.getKeepAlive();
    }

    @Override
    public final void setSendBufferSize(int size) throws SocketException {
        plain.setSendBufferSize(size);
    }

    @Override
    public final int getSendBufferSize() throws SocketException {
        return plain.getSendBufferSize();
    }

    @Override
    public final void setReceiveBufferSize(int size) throws SocketException {
        plain.setReceiveBufferSize(size);
    }

    @Override
    public final int getReceiveBufferSize() throws SocketException {
        return plain.getReceiveBufferSize();
    }

    @Override
    public final void setReuseAddress(boolean on) throws SocketException {
        plain.setReuseAddress(on);
    }

    @Override
    public final boolean getReuseAddress() throws SocketException {
        return plain.getReuseAddress();
    }

    @Override
    public final void setTrafficClass(int trafficClass) throws SocketException {
        plain.setTrafficClass(trafficClass);
    }

    @Override
    public final int getTrafficClass() throws SocketException {
        return plain.getTrafficClass();
    }

    @Override
    public final <T> Socket setOption(SocketOption<T> name, T value) throws IOException {
        channel.setOption(name, value);
        return this;
    }

    @Override
    public final <T> T getOption(SocketOption<T> name) throws IOException {
        return channel.getOption(name);
    }

    @Override
    public final Set<SocketOption<?>> supportedOptions() {
        return channel.supportedOptions();
    }

    @Override
    public final void sendUrgentData(int data) throws IOException {
        throw new SocketException("TLS has no urgent data");
    }

    @Override
    public final void setOOBInline(boolean on) throws SocketException {
        throw new SocketException("TLS has no urgent data");
    }

    @Override
    public final boolean getOOBInline() {
        return false;
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "[" + getRemoteSocketAddress() + "]";
    }
}
