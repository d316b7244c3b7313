package dev.lockstep.jmh.sockets;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Puts a load on a server, and counts when the server is warm. */
final class LoadGenerator implements AutoCloseable {
    private static final long LOOK_MILLIS = 5;
    private static final long END_MILLIS = 10_000;

    /** A load too short for its machine is measured until one operation is over. */
    private static final Duration FOR_THE_FIRST = Duration.ofSeconds(30);

    private final List<LoadLoop> loops = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final ServerProcess server;

    private LoadGenerator(Load load, TlsClient client, int answerLength, ServerProcess server, Extent extent) {
        this.server = server;
        for (int i = 0; i < extent.threads(); i++) {
            LoadLoop loop = new LoadLoop(load, client, answerLength, extent.connections() / extent.threads());
            loops.add(loop);
            threads.add(new Thread(loop, "clients-" + i));
        }
    }

    /**
     * Runs one load.
     *
     * @param warmUp operations that are not counted, unless the extent's limit of time comes before
     * @throws IOException when any operation fails, or the server does
     */
    static Sample run(Load load, TlsClient client, int answerLength, ServerProcess server, Extent extent, int warmUp)
            throws IOException, InterruptedException {
        try (LoadGenerator generator = new LoadGenerator(load, client, answerLength, server, extent)) {
            generator.threads.forEach(Thread::start);
            generator.await(extent.warmUpLimit(), warmUp);
            long warm = generator.operations();
            long began = System.nanoTime();
            Duration serverTime = server.processorTime();
            Duration clientTime = ServerProcess.processorTimeOfThis();
            generator.await(extent.measured(), Long.MAX_VALUE);
            generator.await(FOR_THE_FIRST, warm + 1);
            long operations = generator.operations() - warm;
            double seconds = (System.nanoTime() - began) / 1e9;
            Duration serverUsed = server.processorTime().minus(serverTime);
            Duration clientUsed = ServerProcess.processorTimeOfThis().minus(clientTime);
            if (operations == 0) {
                throw new IOException("no operation was over in time");
            }
            return new Sample(warm, operations, seconds, serverUsed.toNanos() / 1e9, clientUsed.toNanos() / 1e9);
        }
    }

    private long operations() {
        return loops.stream().mapToLong(LoadLoop::operations).sum();
    }

    private void await(Duration limit, long count) throws IOException, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < end && operations() < count) {
            for (LoadLoop loop : loops) {
                Exception failure = loop.failure();
                if (failure != null) {
                    throw new IOException(server.name() + ": " + failure.getMessage(), failure);
                }
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    @Override
    public void close() throws InterruptedIOException {
        loops.forEach(LoadLoop::stop);
        try {
            for (Thread thread : threads) {
                thread.join(END_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the clients end");
        }
    }
}
