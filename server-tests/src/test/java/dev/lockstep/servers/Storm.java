package dev.lockstep.servers;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that begin their handshakes at the same time, all on one thread of Netty with the JDK's TLS, so that what they cost
 * is the same whatever server they meet.
 *
 * @param completed how many handshakes were completed
 * @param millis from the first connection to the last handshake
 * @param threads how many platform threads the process had at the peak beside those of the clients and those before the server
 */
record Storm(int completed, long millis, int threads) {

    private static final int CLIENT_THREADS = 1;
    private static final int LIMIT_MILLIS = 300_000;

    /** Returns how many platform threads there are, for the comparison. */
    static int threadsBefore() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    /**
     * Runs {@code clients} of them, after a few that bring everything into place.
     *
     * @param threadsBefore how many platform threads there were before the server was made
     */
    static Storm of(int clients, InetSocketAddress server, X509Certificate authority, int threadsBefore)
            throws Exception {
        SslContext context = SslContextBuilder.forClient()
                .trustManager(authority)
                .protocols("TLSv1.2")
                .endpointIdentificationAlgorithm(null)
                .sessionCacheSize(1)
                .build();
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(CLIENT_THREADS, NioIoHandler.newFactory());
        try {
            run(2, loop, context, server);
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            threads.resetPeakThreadCount();
            long begin = System.nanoTime();
            int completed = run(clients, loop, context, server);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            return new Storm(completed, millis, threads.getPeakThreadCount() - threadsBefore - CLIENT_THREADS);
        } finally {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
        }
    }

    private static int run(int clients, EventLoopGroup loop, SslContext context, InetSocketAddress server)
            throws InterruptedException {
        CountDownLatch left = new CountDownLatch(clients);
        AtomicInteger completed = new AtomicInteger();
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        // no host name: each client makes a full handshake
                        SslHandler tls = context.newHandler(channel.alloc());
                        tls.setHandshakeTimeoutMillis(LIMIT_MILLIS);
                        tls.handshakeFuture().addListener(done -> {
                            if (done.isSuccess()) {
                                completed.incrementAndGet();
                            } else {
                                failures.add(String.valueOf(done.cause()));
                            }
                            left.countDown();
                            channel.close();
                        });
                        channel.pipeline().addLast(tls);
                    }
                });
        for (int i = 0; i < clients; i++) {
            Channel ignored = bootstrap.connect(server).channel();
            assert ignored != null;
        }
        left.await(LIMIT_MILLIS, TimeUnit.MILLISECONDS);
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.size() + " handshakes failed, the first with " + failures.peek());
        }
        return completed.get();
    }
}
