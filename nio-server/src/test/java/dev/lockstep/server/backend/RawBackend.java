package dev.lockstep.server.backend;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A backend that does what a test says, on a thread for each connection. */
final class RawBackend implements AutoCloseable {

    /** What is done with a connection. It is closed afterwards. */
    @FunctionalInterface
    interface Conversation {
        void with(SocketChannel client) throws Exception;
    }

    private final ServerSocketChannel listener;
    private final BlockingQueue<Object> outcomes = new LinkedBlockingQueue<>();

    RawBackend(Conversation conversation) throws IOException {
        this(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), conversation);
    }

    /** On a stated address, or a Unix-domain socket. */
    RawBackend(java.net.SocketAddress address, Conversation conversation) throws IOException {
        boolean unix = address instanceof java.net.UnixDomainSocketAddress;
        listener = unix ? ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
        listener.bind(address);
        Thread thread = new Thread(
                () -> {
                    while (listener.isOpen()) {
                        try {
                            SocketChannel client = listener.accept();
                            Thread each = new Thread(() -> serve(client, conversation), "backend connection");
                            each.setDaemon(true);
                            each.start();
                        } catch (IOException e) {
                            return;
                        }
                    }
                },
                "backend");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(SocketChannel client, Conversation conversation) {
        try (client) {
            conversation.with(client);
            outcomes.add("done");
        } catch (Exception | AssertionError e) {
            outcomes.add(e);
        }
    }

    int port() throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    String address() throws IOException {
        return "127.0.0.1:" + port();
    }

    /** Waits for the end of a conversation: "done", or what was thrown. */
    Object outcome() throws InterruptedException {
        Object outcome = outcomes.poll(60, TimeUnit.SECONDS);
        if (outcome == null) {
            throw new AssertionError("the backend's conversation has no end");
        }
        return outcome;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
