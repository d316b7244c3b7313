package dev.lockstep.simulation.sockets;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A selector over channels in memory. Keys are served in the order of their registration, so that a seed is one history. It is
 * used by one thread, and a loop's select takes an action for each key: the sets of keys stay empty.
 */
public final class MemorySelector extends AbstractSelector {

    /** What happens while a loop works or waits. */
    public interface World {
        /** A turn of the loop has passed. */
        void turnPasses();

        /**
         * Lets the next thing happen.
         *
         * @param nanos how long the loop would wait at most; {@link Long#MAX_VALUE} for any time
         * @return how long it would still wait; negative when nothing happens in that time, which is over now
         */
        long waits(long nanos);
    }

    private static final class Key extends AbstractSelectionKey {
        private final MemorySelector selector;
        private final AbstractSelectableChannel channel;
        private int interest;
        private int ready;

        Key(MemorySelector selector, AbstractSelectableChannel channel, int interest) {
            this.selector = selector;
            this.channel = channel;
            this.interest = interest;
        }

        @Override
        public SelectableChannel channel() {
            return channel;
        }

        @Override
        public Selector selector() {
            return selector;
        }

        @Override
        public int interestOps() {
            return interest;
        }

        @Override
        public SelectionKey interestOps(int ops) {
            interest = ops;
            return this;
        }

        @Override
        public int readyOps() {
            return ready;
        }

        private boolean update() {
            ready = isValid() && channel.isOpen() ? ((Ready) channel).readyOps() & interest : 0;
            return ready != 0;
        }
    }

    /** What a channel of this package can do now. */
    interface Ready {
        int readyOps();
    }

    private final World world;
    private final Set<SelectionKey> keys = new LinkedHashSet<>();
    private boolean deaf;
    private boolean woken;
    private @Nullable IOException failure;

    MemorySelector(SelectorProvider provider, World world) {
        super(provider);
        this.world = world;
    }

    /** Whether a loop that waits at it wakes up. */
    public boolean isReady() {
        return woken || failure != null || !ready().isEmpty();
    }

    /** It does not hear from now on that it is woken. */
    public void turnDeaf() {
        deaf = true;
    }

    /** It fails from now on. */
    public void fail(IOException cause) {
        failure = cause;
    }

    @Override
    public int select(Consumer<SelectionKey> action, long timeoutMillis) throws IOException {
        requireWorking();
        world.turnPasses();
        long left = timeoutMillis == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        List<Key> ready = ready();
        while (ready.isEmpty() && !woken && left >= 0) {
            left = world.waits(left);
            ready = ready();
        }
        return serve(ready, action);
    }

    @Override
    public int selectNow(Consumer<SelectionKey> action) throws IOException {
        requireWorking();
        world.turnPasses();
        return serve(ready(), action);
    }

    private void requireWorking() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    private List<Key> ready() {
        if (!isOpen()) {
            throw new ClosedSelectorException();
        }
        for (SelectionKey cancelled : cancelledKeys()) {
            keys.remove(cancelled);
            deregister((AbstractSelectionKey) cancelled);
        }
        cancelledKeys().clear();
        List<Key> ready = new ArrayList<>();
        for (SelectionKey key : keys) {
            if (((Key) key).update()) {
                ready.add((Key) key);
            }
        }
        return ready;
    }

    private int serve(List<Key> ready, Consumer<SelectionKey> action) {
        woken = false;
        ready.forEach(action);
        return ready.size();
    }

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
        Key key = new Key(this, channel, ops);
        key.attach(attachment);
        keys.add(key);
        return key;
    }

    @Override
    protected void implCloseSelector() {
        keys.forEach(key -> deregister((AbstractSelectionKey) key));
        keys.clear();
    }

    @Override
    public Selector wakeup() {
        woken = !deaf;
        return this;
    }

    @Override
    public Set<SelectionKey> keys() {
        return keys;
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        return Set.of();
    }

    @Override
    public int select() {
        throw new UnsupportedOperationException("without an action");
    }

    @Override
    public int select(long timeout) {
        throw new UnsupportedOperationException("without an action");
    }

    @Override
    public int selectNow() {
        throw new UnsupportedOperationException("without an action");
    }
}
