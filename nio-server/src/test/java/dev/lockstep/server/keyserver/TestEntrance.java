package dev.lockstep.server.keyserver;

import dev.lockstep.server.keyserver.listener.ClientListener;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;

/** Listens at a Unix-domain socket; a test says who arrives. */
abstract class TestEntrance implements ClientListener {

    private final ServerSocketChannel channel;

    TestEntrance(Path socket) throws IOException {
        channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        channel.bind(UnixDomainSocketAddress.of(socket));
    }

    @Override
    public ServerSocketChannel channel() {
        return channel;
    }

    @Override
    public String where() {
        return "the test";
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
