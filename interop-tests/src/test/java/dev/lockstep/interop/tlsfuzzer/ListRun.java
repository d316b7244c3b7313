package dev.lockstep.interop.tlsfuzzer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs the list once with several workers, printing a line per script. */
final class ListRun {
    private final Checkouts checkouts;
    private final ServerDescription server;
    private final KeyMode keys;
    private final Path directory;
    private final Map<String, ScriptResult> results = new ConcurrentHashMap<>();
    private final AtomicInteger done = new AtomicInteger();

    ListRun(Checkouts checkouts, ServerDescription server, KeyMode keys, Path directory) throws IOException {
        this.checkouts = checkouts;
        this.server = server;
        this.keys = keys;
        this.directory = Files.createDirectories(directory);
    }

    /** The results in the order of {@code entries}. */
    List<ScriptResult> run(List<Entry> entries, int workers) throws InterruptedException {
        ConcurrentLinkedQueue<Entry> work = new ConcurrentLinkedQueue<>(entries.stream()
                .sorted(Comparator.comparingInt(Entry::timeoutSeconds).reversed())
                .toList());
        ExecutorService executor = Executors.newFixedThreadPool(workers);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                running.add(executor.submit(() -> work(work, entries.size())));
            }
            for (Future<?> worker : running) {
                worker.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a worker of the harness failed", e.getCause());
        } finally {
            executor.shutdownNow();
        }
        return entries.stream().map(entry -> results.get(entry.id())).toList();
    }

    private void work(ConcurrentLinkedQueue<Entry> work, int total) {
        try (Worker worker = new Worker(checkouts, server, keys, directory)) {
            for (Entry entry = work.poll(); entry != null; entry = work.poll()) {
                long start = System.nanoTime();
                ScriptResult result;
                try {
                    result = worker.run(entry);
                } catch (IOException e) {
                    result = ScriptResult.broken(entry, 0, e.toString());
                }
                results.put(entry.id(), result);
                print(result, total, (System.nanoTime() - start) / 1e9);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void print(ScriptResult result, int total, double seconds) {
        System.out.println(String.format(
                Locale.ROOT,
                "%3d/%d %s %-46s %4d/%-4d %6.1fs %s %s",
                done.incrementAndGet(),
                total,
                result.passed() ? "ok  " : "FAIL",
                result.entry().id(),
                result.good(),
                result.total(),
                seconds,
                keys.title(),
                result.note()));
    }
}
