package dev.lockstep.server.abuse;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * Thousands of connections from eight addresses, all on one thread: each sends the same beginning, quickly or in drops, and
 * then nothing more. What the server closes is opened again, so that the number stays, within a rate.
 */
final class Crowd implements AutoCloseable {

    /** How the members of a crowd behave. */
    enum Manner {
        /** Send everything, read what comes, and wait. */
        HOLD,
        /** Send a byte a second. */
        DRIP,
        /** Send everything and reset the connection. */
        RESET
    }

    private static final int ADDRESSES = 8;
    private static final int OPENED_IN_A_TURN = 100;
    private static final long TURN_MILLIS = 20;

    private final int port;
    private final int size;
    private final byte[] beginning;
    private final Manner manner;
    private final Selector selector;
    private final Thread thread;
    private final ByteBuffer trash = ByteBuffer.allocate(1 << 16);
    private volatile boolean over;
    private volatile int opened;
    private volatile int most;
    private int open;

    private static final class Member {
        private int sent;
        private long lastNanos;
    }

    Crowd(int port, int size, byte[] beginning, Manner manner) throws IOException {
        this.port = port;
        this.size = size;
        this.beginning = beginning.clone();
        this.manner = manner;
        this.selector = Selector.open();
        this.thread = new Thread(this::run, "crowd");
        thread.start();
    }

    /** Returns how many connections were opened so far. */
    int opened() {
        return opened;
    }

    /** Returns how many were open together at the most. */
    int most() {
        return most;
    }

    private void run() {
        try {
            long turn = System.nanoTime();
            while (!over) {
                if (System.nanoTime() - turn >= 0) {
                    turn = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TURN_MILLIS);
                    for (int i = 0; i < OPENED_IN_A_TURN && open < size; i++) {
                        openOne();
                    }
                    if (manner == Manner.DRIP) {
                        selector.keys().forEach(this::drip);
                    }
                }
                selector.select(this::ready, TURN_MILLIS);
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new AssertionError("the crowd cannot go on", e);
        }
    }

    private void openOne() throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.bind(new InetSocketAddress(InetAddress.getByName("127.0.0." + (1 + opened % ADDRESSES)), 0));
        channel.register(selector, SelectionKey.OP_CONNECT, new Member());
        open++;
        most = Math.max(most, open);
        opened = opened + 1;
        try {
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            leave(channel);
        }
    }

    private void ready(SelectionKey key) {
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            if (key.isConnectable() && channel.finishConnect()) {
                key.interestOps(SelectionKey.OP_READ
                        | (manner == Manner.DRIP || beginning.length == 0 ? 0 : SelectionKey.OP_WRITE));
            }
            if (key.isValid() && key.isWritable()) {
                send(key, beginning.length);
            }
            if (key.isValid() && key.isReadable()) {
                int count;
                do {
                    count = channel.read(trash.clear());
                } while (count > 0);
                if (count < 0) {
                    leave(channel);
                }
            }
        } catch (IOException e) {
            leave(channel);
        }
    }

    private void send(SelectionKey key, int upTo) throws IOException {
        Member member = (Member) key.attachment();
        SocketChannel channel = (SocketChannel) key.channel();
        member.sent += channel.write(ByteBuffer.wrap(beginning, member.sent, upTo - member.sent));
        if (member.sent < beginning.length) {
            return;
        }
        key.interestOps(SelectionKey.OP_READ);
        if (manner == Manner.RESET) {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            leave(channel);
        }
    }

    private void drip(SelectionKey key) {
        Member member = (Member) key.attachment();
        long now = System.nanoTime();
        boolean due = now - member.lastNanos >= TimeUnit.SECONDS.toNanos(1);
        if (due && key.isValid() && ((SocketChannel) key.channel()).isConnected() && member.sent < beginning.length) {
            member.lastNanos = now;
            try {
                send(key, member.sent + 1);
            } catch (IOException e) {
                leave((SocketChannel) key.channel());
            }
        }
    }

    private void leave(SocketChannel channel) {
        if (!channel.isOpen()) {
            return;
        }
        open--;
        try {
            channel.close();
        } catch (IOException e) {
            // closed even so
        }
    }

    @Override
    public void close() {
        over = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
