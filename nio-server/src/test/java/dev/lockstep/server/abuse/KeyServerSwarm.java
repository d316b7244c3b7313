package dev.lockstep.server.abuse;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Many connections of one bad habit on a thread of their own. Those that the key server ends are replaced, so that there are
 * always as many as the machine lets through. Over TCP they come from eight addresses.
 */
final class KeyServerSwarm implements Runnable, AutoCloseable {

    /** What each connection does. */
    interface Habit {

        /** Whether it reads what it is sent, and throws it away. */
        boolean reads();

        /**
         * Does something more with a connection, every {@link #TICK_MILLIS}.
         *
         * @param written how many bytes were written so far
         * @return how many were written now; -1 to reset the connection
         */
        int tick(SocketChannel channel, long written) throws IOException;
    }

    static final int TICK_MILLIS = 20;
    private static final int NEW_AT_ONCE = 64;

    private final SocketAddress target;
    private final int size;
    private final Habit habit;
    private final Selector selector = Selector.open();
    private final Thread thread;
    private final ByteBuffer waste = ByteBuffer.allocateDirect(64 * 1024);
    private final List<Member> members = new ArrayList<>();
    private volatile boolean over;
    private volatile long opened;

    /** A connection with what it has written. */
    private static final class Member {
        final SocketChannel channel;
        long written;

        Member(SocketChannel channel) {
            this.channel = channel;
        }
    }

    KeyServerSwarm(SocketAddress target, int size, Habit habit) throws IOException {
        this.target = target;
        this.size = size;
        this.habit = habit;
        this.thread = new Thread(this, "swarm");
        thread.setDaemon(true);
        thread.start();
    }

    /** How many connections it has made. */
    long opened() {
        return opened;
    }

    @Override
    public void run() {
        try {
            while (!over) {
                fill();
                long begin = System.nanoTime();
                long left = TICK_MILLIS;
                while (left > 0 && !over) {
                    selector.select(this::onReady, left);
                    left = TICK_MILLIS - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
                }
                for (Member member : List.copyOf(members)) {
                    tick(member);
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            List.copyOf(members).forEach(this::end);
        }
    }

    private void fill() throws IOException {
        for (int i = 0; i < NEW_AT_ONCE && members.size() < size; i++) {
            SocketChannel channel;
            try {
                channel = open();
            } catch (IOException e) {
                return; // the backlog is full, or a descriptor is missing: later
            }
            channel.configureBlocking(false);
            Member member = new Member(channel);
            channel.register(selector, habit.reads() ? SelectionKey.OP_READ : 0, member);
            members.add(member);
            opened++;
        }
    }

    private SocketChannel open() throws IOException {
        if (!(target instanceof InetSocketAddress)) {
            return SocketChannel.open(target);
        }
        SocketChannel channel = SocketChannel.open();
        try {
            channel.bind(new InetSocketAddress("127.0.0." + (2 + opened % 8), 0));
            channel.connect(target);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private void onReady(SelectionKey key) {
        Member member = (Member) key.attachment();
        try {
            waste.clear();
            if (member.channel.read(waste) < 0) {
                end(member);
            }
        } catch (IOException e) {
            end(member);
        }
    }

    private void tick(Member member) {
        if (!member.channel.isOpen()) {
            return;
        }
        try {
            int count = habit.tick(member.channel, member.written);
            if (count >= 0) {
                member.written += count;
                return;
            }
            if (target instanceof InetSocketAddress) {
                member.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
            end(member);
        } catch (IOException e) {
            end(member);
        }
    }

    private void end(Member member) {
        members.remove(member);
        try {
            member.channel.close();
        } catch (IOException e) {
            // The descriptor is gone either way.
        }
    }

    @Override
    public void close() throws IOException {
        over = true;
        selector.wakeup();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        selector.close();
    }
}
