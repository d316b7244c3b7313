package dev.lockstep.jmh.sockets;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A thread of clients. The first operation that fails ends it. */
final class LoadLoop implements Runnable {
    private static final long SELECT_MILLIS = 200;
    private static final long OPERATION_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Load load;
    private final TlsClient client;
    private final int answerLength;
    private final int connections;
    private final AtomicLong operations = new AtomicLong();
    private volatile boolean stopping;
    private volatile @Nullable Exception failure;

    LoadLoop(Load load, TlsClient client, int answerLength, int connections) {
        this.load = load;
        this.client = client;
        this.answerLength = answerLength;
        this.connections = connections;
    }

    /** Operations so far. Any thread. */
    long operations() {
        return operations.get();
    }

    /** What ended it before {@link #stop}. Any thread. */
    @Nullable
    Exception failure() {
        return failure;
    }

    /** Ends it within the time of a few operations. Any thread. */
    void stop() {
        stopping = true;
    }

    @Override
    public void run() {
        List<Place> places = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            try {
                for (int i = 0; i < connections; i++) {
                    Place place = new Place(load, client, answerLength, selector, this::count);
                    places.add(place);
                    place.connect();
                }
                serve(selector, places);
            } finally {
                for (Place place : places) {
                    place.release();
                }
            }
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    private void serve(Selector selector, List<Place> places) throws IOException {
        long lookedAt = System.nanoTime();
        while (!stopping) {
            selector.select(SELECT_MILLIS);
            for (SelectionKey key : selector.selectedKeys()) {
                ((Place) key.attachment()).ready(key);
            }
            selector.selectedKeys().clear();
            long now = System.nanoTime();
            if (now - lookedAt > OPERATION_NANOS / 10) {
                lookedAt = now;
                requireProgress(places, now);
            }
        }
    }

    private static void requireProgress(List<Place> places, long now) throws IOException {
        for (Place place : places) {
            if (now - place.since() > OPERATION_NANOS) {
                throw new IOException("an operation takes more than 10 s");
            }
        }
    }

    /** One writer, so that no locked addition is needed. */
    private void count() {
        operations.lazySet(operations.get() + 1);
    }
}
