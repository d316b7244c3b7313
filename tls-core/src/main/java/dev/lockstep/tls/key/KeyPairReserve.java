package dev.lockstep.tls.key;

import dev.lockstep.crypto.group.EphemeralKey;
import dev.lockstep.tls.internal.algorithm.Algorithms;
import dev.lockstep.tls.spec.NamedGroup;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A reserve of ephemeral key pairs for finite-field groups, generated before handshakes need them and on other threads
 * than those that drive connections: one of ffdhe4096 costs milliseconds. Pairs on elliptic curves are cheap and
 * generated when they are needed.
 *
 * <p>The reserve generates pairs of a group once a handshake has asked for the first one. Each pair serves one
 * handshake. If none is left, for example under a flood of handshakes, the thread that asks generates one.
 * Thread-safe; for any number of configurations.
 */
public final class KeyPairReserve implements AutoCloseable {

    private static final int MOST = 10_000;

    private final Executor executor;
    private final int perGroup;
    private final SecureRandom random;
    private final Map<NamedGroup, Shelf> shelves = new EnumMap<>(NamedGroup.class);
    private volatile boolean closed;

    /** The pairs of a group that are not used yet. */
    private static final class Shelf {
        final ConcurrentLinkedQueue<EphemeralKey> pairs = new ConcurrentLinkedQueue<>();
        final AtomicInteger size = new AtomicInteger();
        final AtomicBoolean filling = new AtomicBoolean();
    }

    private KeyPairReserve(Executor executor, int perGroup, SecureRandom random) {
        this.executor = Objects.requireNonNull(executor, "executor");
        this.perGroup = perGroup;
        this.random = Objects.requireNonNull(random, "random");
        for (NamedGroup group : NamedGroup.values()) {
            if (group.isFiniteField()) {
                shelves.put(group, new Shelf());
            }
        }
    }

    /**
     * Returns an empty reserve.
     *
     * @param executor makes the pairs, in tasks of up to {@code perGroup} pairs, at most one at a time for each group; what
     *     it rejects is asked for again later. If it throws anything else, the observer of the connection gets that, and the
     *     handshake makes a pair by itself. It must not drop a task without an exception, as {@code DiscardPolicy} does: the
     *     reserve would wait for it for good, and every handshake make its own pair. Its owner shuts it down
     * @param perGroup how many pairs of a group are kept, 1 to 10,000
     * @param random the source of the private halves, safe for the threads of the executor
     * @throws IllegalArgumentException when {@code perGroup} is out of range
     */
    public static KeyPairReserve of(Executor executor, int perGroup, SecureRandom random) {
        if (perGroup < 1 || perGroup > MOST) {
            throw new IllegalArgumentException("perGroup: " + perGroup + " is out of range; give 1 to " + MOST);
        }
        return new KeyPairReserve(executor, perGroup, random);
    }

    /**
     * For the library itself: takes a pair out, or makes one with {@code random}.
     *
     * @param executorFailure receives what the executor throws other than a rejection
     */
    @SuppressWarnings("exports") // its type is of a module that only this library reads
    public EphemeralKey take(NamedGroup group, SecureRandom random, Consumer<Throwable> executorFailure) {
        Shelf shelf = shelves.get(group);
        EphemeralKey pair = shelf == null ? null : shelf.pairs.poll();
        if (shelf != null) {
            if (pair != null) {
                shelf.size.decrementAndGet();
            }
            fillLater(group, shelf, executorFailure);
        }
        return pair != null ? pair : EphemeralKey.generate(Algorithms.group(group), random);
    }

    private void fillLater(NamedGroup group, Shelf shelf, Consumer<Throwable> executorFailure) {
        if (closed || shelf.size.get() >= perGroup || !shelf.filling.compareAndSet(false, true)) {
            return;
        }
        try {
            executor.execute(() -> fill(group, shelf));
        } catch (RejectedExecutionException e) {
            shelf.filling.set(false); // the next handshake asks again
        } catch (Exception | Error e) { // not every language declares its checked exceptions
            // The boundary to foreign code, which may also have no memory for a thread: no handshake depends on it.
            shelf.filling.set(false);
            executorFailure.accept(e);
        }
    }

    private void fill(NamedGroup group, Shelf shelf) {
        try {
            while (!closed && shelf.size.get() < perGroup) {
                shelf.pairs.add(EphemeralKey.generate(Algorithms.group(group), random));
                shelf.size.incrementAndGet();
            }
        } finally {
            shelf.filling.set(false);
            if (closed) {
                clear(shelf); // what was added after close had looked
            }
        }
    }

    /** Destroys all pairs; from now on each is made when it is needed. */
    @Override
    public void close() {
        closed = true;
        shelves.values().forEach(KeyPairReserve::clear);
    }

    private static void clear(Shelf shelf) {
        EphemeralKey pair;
        while ((pair = shelf.pairs.poll()) != null) {
            shelf.size.decrementAndGet();
            pair.destroy();
        }
    }

    /** Returns the pairs that are kept, for tests. */
    List<EphemeralKey> kept(NamedGroup group) {
        Shelf shelf = shelves.get(group);
        return shelf == null ? List.of() : new ArrayList<>(shelf.pairs);
    }

    /** Never shows a key. */
    @Override
    public String toString() {
        return "KeyPairReserve";
    }
}
