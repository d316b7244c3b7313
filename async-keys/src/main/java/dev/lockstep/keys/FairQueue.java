package dev.lockstep.keys;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.AbstractQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The queue of {@link WorkerPools#fairPool}: shares by address that take turns, each bounded, and so is their sum. It never
 * refuses a task; an older one gives way. Thread-safe.
 */
final class FairQueue extends AbstractQueue<Runnable> implements BlockingQueue<Runnable> {

    /** What the queue knows of the tasks of this package; all others belong to the share of unknown addresses. */
    interface Task {
        @Nullable
        InetAddress client();

        /** Ends the task, which is not in the queue any more, with a failure. */
        void displace();
    }

    private static final Object UNKNOWN = new Object();

    private final int most;
    private final int mostPerShare;
    private final int few;
    private final Consumer<@Nullable InetAddress> displaced;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notEmpty = lock.newCondition();
    private final Map<Object, Share> shares = new HashMap<>();
    /** The shares that have tasks; the first one is next. */
    private final ArrayDeque<Share> turns = new ArrayDeque<>();

    private int size;

    /** @param few up to how many tasks a share serves the oldest first */
    FairQueue(int most, int mostPerShare, int few, Consumer<@Nullable InetAddress> displaced) {
        if (most < 1 || mostPerShare < 1) {
            throw new IllegalArgumentException("queued, perClient: give at least 1");
        }
        this.most = most;
        this.mostPerShare = mostPerShare;
        this.few = few;
        this.displaced = Objects.requireNonNull(displaced, "displaced");
    }

    private record Share(Object key, ArrayDeque<Runnable> tasks) {}

    /** An IPv6 network of 64 bits is one client: it costs nothing to use all its addresses. */
    private static Object shareOf(Runnable task) {
        InetAddress client = task instanceof Task known ? known.client() : null;
        if (client == null) {
            return UNKNOWN;
        }
        return client instanceof Inet6Address v6
                ? (Object) ByteBuffer.wrap(v6.getAddress(), 0, 8).getLong()
                : client;
    }

    @Override
    public boolean offer(Runnable task) {
        Runnable old = null;
        lock.lock();
        try {
            Share share = shares.computeIfAbsent(shareOf(task), key -> new Share(key, new ArrayDeque<>()));
            if (share.tasks.size() >= mostPerShare) {
                old = takeOldest(share);
            } else if (size >= most) {
                old = takeOldest(largest());
            }
            if (share.tasks.isEmpty()) {
                // Under load a client that has nothing here yet is served before those that brought the load.
                if (size > few) {
                    turns.addFirst(share);
                } else {
                    turns.addLast(share);
                }
            }
            shares.put(share.key, share);
            share.tasks.addLast(task);
            size++;
            notEmpty.signal();
        } finally {
            lock.unlock();
        }
        // outside of the lock: it runs the waker of another connection
        if (old instanceof Task known) {
            known.displace();
            displaced.accept(known.client());
        }
        return true;
    }

    private Share largest() {
        Share largest = turns.getFirst();
        for (Share share : turns) {
            if (share.tasks.size() > largest.tasks.size()) {
                largest = share;
            }
        }
        return largest;
    }

    private Runnable takeOldest(Share share) {
        Runnable oldest = share.tasks.removeFirst();
        size--;
        forgetIfEmpty(share);
        return oldest;
    }

    private void forgetIfEmpty(Share share) {
        if (share.tasks.isEmpty()) {
            turns.remove(share);
            shares.remove(share.key);
        }
    }

    @Override
    public @Nullable Runnable poll() {
        lock.lock();
        try {
            Share share = turns.pollFirst();
            if (share == null) {
                return null;
            }
            Runnable next = share.tasks.size() > few ? share.tasks.removeLast() : share.tasks.removeFirst();
            size--;
            if (share.tasks.isEmpty()) {
                shares.remove(share.key);
            } else {
                turns.addLast(share);
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable Runnable poll(long timeout, TimeUnit unit) throws InterruptedException {
        long left = unit.toNanos(timeout);
        lock.lockInterruptibly();
        try {
            Runnable next;
            while ((next = poll()) == null && left > 0) {
                left = notEmpty.awaitNanos(left);
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Runnable take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Runnable next;
            while ((next = poll()) == null) {
                notEmpty.await();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean remove(@Nullable Object task) {
        lock.lock();
        try {
            Share share = task instanceof Runnable runnable ? shares.get(shareOf(runnable)) : null;
            if (share == null || !share.tasks.remove(task)) {
                return false;
            }
            size--;
            forgetIfEmpty(share);
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable Runnable peek() {
        lock.lock();
        try {
            Share share = turns.peekFirst();
            return share == null ? null : share.tasks.peekFirst();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int remainingCapacity() {
        return most - size();
    }

    @Override
    public boolean offer(Runnable task, long timeout, TimeUnit unit) {
        return offer(task);
    }

    @Override
    public void put(Runnable task) {
        offer(task);
    }

    @Override
    public int drainTo(Collection<? super Runnable> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    @Override
    public int drainTo(Collection<? super Runnable> target, int limit) {
        int moved = 0;
        Runnable next;
        while (moved < limit && (next = poll()) != null) {
            target.add(next);
            moved++;
        }
        return moved;
    }

    /** Over a copy. */
    @Override
    public Iterator<Runnable> iterator() {
        lock.lock();
        try {
            List<Runnable> all = new ArrayList<>();
            turns.forEach(share -> all.addAll(share.tasks));
            return all.iterator();
        } finally {
            lock.unlock();
        }
    }
}
