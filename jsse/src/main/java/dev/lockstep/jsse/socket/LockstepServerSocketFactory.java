package dev.lockstep.jsse.socket;

import dev.lockstep.jsse.setting.Context;
import dev.lockstep.jsse.setting.EngineSettings;
import dev.lockstep.jsse.setting.Names;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
import org.jspecify.annotations.Nullable;

/** Makes the server sockets of a context. */
public final class LockstepServerSocketFactory extends SSLServerSocketFactory {

    private static final int BACKLOG = 50; // as java.net.ServerSocket has it

    private final Context context;

    public LockstepServerSocketFactory(Context context) {
        this.context = context;
    }

    @Override
    public ServerSocket createServerSocket() throws IOException {
        return new LockstepServerSocket(context);
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
        return createServerSocket(port, BACKLOG, null);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
        return createServerSocket(port, backlog, null);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, @Nullable InetAddress address) throws IOException {
        ServerSocket socket = new LockstepServerSocket(context);
        try {
            socket.bind(new InetSocketAddress(address, port), backlog);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return new EngineSettings(context.config()).suiteNames();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return Names.supportedSuites();
    }
}
