package dev.lockstep.server.abuse;

import dev.lockstep.server.TestClients;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Connects every 100 ms, whatever became of the attempt before, and has some bytes echoed. */
final class HonestClient implements AutoCloseable {

    static final int VISITS_PER_SECOND = 10;

    private static final byte[] PING = "ping".getBytes(StandardCharsets.US_ASCII);

    private final ScheduledExecutorService pace = Executors.newScheduledThreadPool(1);
    private final ExecutorService visits = Executors.newCachedThreadPool();
    private final List<Long> millis = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger failed = new AtomicInteger();
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    private final Semaphore over = new Semaphore(0);
    private final SSLContext context;
    private final int port;

    /** What came of all visits: how many there were, how many failed, and how long the others took, in milliseconds. */
    record Result(int visits, int failed, long median, long p99, long worst, List<String> failures) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d visits, %d failed, %d ms in the middle, %d ms p99, %d ms at worst",
                    visits,
                    failed,
                    median,
                    p99,
                    worst);
        }
    }

    HonestClient(SSLContext context, int port) {
        this.context = context;
        this.port = port;
        var unused = pace.scheduleAtFixedRate(
                () -> visits.execute(this::visit), 0, 1000 / VISITS_PER_SECOND, TimeUnit.MILLISECONDS);
    }

    private void visit() {
        long began = System.nanoTime();
        try (SSLSocket socket = TestClients.client(context, port)) {
            socket.getOutputStream().write(PING);
            if (!Arrays.equals(socket.getInputStream().readNBytes(PING.length), PING)) {
                throw new IOException("no echo");
            }
            millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        } catch (IOException e) {
            failed.incrementAndGet();
            failures.add(e.toString());
        } finally {
            over.release();
        }
    }

    /** Waits until so many visits are over. */
    HonestClient await(int number) throws InterruptedException {
        if (!over.tryAcquire(number, 300, TimeUnit.SECONDS)) {
            throw new AssertionError("visits do not end");
        }
        return this;
    }

    /** Ends the visits and waits for those that have begun. */
    Result end() throws InterruptedException {
        pace.shutdownNow();
        visits.shutdown();
        if (!visits.awaitTermination(60, TimeUnit.SECONDS)) {
            failed.incrementAndGet();
            failures.add("a visit does not end");
        }
        long[] sorted = millis.stream().mapToLong(Long::longValue).sorted().toArray();
        if (sorted.length == 0) {
            return new Result(failed.get(), failed.get(), -1, -1, -1, List.copyOf(failures));
        }
        return new Result(
                sorted.length + failed.get(),
                failed.get(),
                sorted[sorted.length / 2],
                sorted[(int) Math.min(sorted.length - 1L, sorted.length * 99L / 100)],
                sorted[sorted.length - 1],
                List.copyOf(failures));
    }

    @Override
    public void close() {
        pace.shutdownNow();
        visits.shutdownNow();
    }
}
