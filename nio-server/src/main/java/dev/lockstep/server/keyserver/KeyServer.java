package dev.lockstep.server.keyserver;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.KeyOffer;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.server.keyserver.listener.ClientListener;
import dev.lockstep.server.keyserver.policy.ClientIdentity;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The loop of a key server: one thread and one selector for all clients of a listener, the work with the keys elsewhere.
 * Nothing that a client does ends it.
 */
public final class KeyServer implements AutoCloseable {

    private static final int ANSWERS_AT_ONCE = 1024;

    /** After so many in a row the loop gives up: what fails in each of them does not pass. */
    private static final int MOST_FAILED_ROUNDS = 25;

    private static final long FAILURE_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    private final ClientListener listener;
    private final Places places;
    private final KeyServerLimits limits;
    private final HolderQueues queues;
    private final Consumer<String> warnings;
    private final LongSupplier nanoTime;
    private final KeyWork.Setting setting;
    private final Selector selector;
    private final Arrivals arrivals;
    private final Set<ClientConnection> clients = new LinkedHashSet<>();
    private final Map<String, PeerShare> peers = new HashMap<>();
    private final Turns turns;
    private final ConcurrentLinkedQueue<KeyWork> finished = new ConcurrentLinkedQueue<>();
    private volatile boolean stopping;
    private volatile int openRequests;

    /**
     * Takes over a listener that is open.
     *
     * @param keys what is served now, at most {@link Message#MAX_KEYS}; asked on the loop and on the threads that work
     * @param queues do the work; may be those of other listeners too
     * @param warnings is told, in a line, of what an operator should know
     * @throws IOException when there is no selector to be had
     */
    public KeyServer(
            ClientListener listener,
            Supplier<Map<KeyId, ServedKey>> keys,
            KeyServerLimits limits,
            HolderQueues queues,
            UsageLog log,
            Consumer<String> warnings)
            throws IOException {
        this(listener, keys, limits, queues, log, warnings, System::nanoTime);
    }

    /** As the other constructor, with another clock. */
    KeyServer(
            ClientListener listener,
            Supplier<Map<KeyId, ServedKey>> keys,
            KeyServerLimits limits,
            HolderQueues queues,
            UsageLog log,
            Consumer<String> warnings,
            LongSupplier nanoTime)
            throws IOException {
        this.listener = listener;
        this.places = new Places(limits);
        this.turns = new Turns(this, places);
        this.limits = limits;
        this.queues = queues;
        this.warnings = warnings;
        this.nanoTime = nanoTime;
        this.setting = new KeyWork.Setting(keys, log, this::onFinished, nanoTime);
        // A channel can be registered only with a selector of its own provider.
        this.selector = listener.channel().provider().openSelector();
        this.arrivals = new Arrivals(this, listener, selector, this::admit);
    }

    /**
     * Serves until {@link #close}, then closes connections and listener. A defect, or memory that runs out, ends neither: the
     * loop reports it, pauses and continues.
     *
     * @throws IOException when the selector itself fails
     * @throws RuntimeException when 25 rounds in a row have failed, the last one with it; an Error likewise
     */
    public void run() throws IOException {
        try {
            begin();
            int failed = 0;
            while (!stopping) {
                try {
                    round();
                    failed = 0;
                } catch (RuntimeException | Error e) {
                    defect("in a round of the key server", "", e);
                    if (++failed == MOST_FAILED_ROUNDS) {
                        throw e;
                    }
                    LockSupport.parkNanos(FAILURE_PAUSE); // what fails in every round must not take a processor
                }
            }
        } finally {
            end();
        }
    }

    /** Listens: before the first {@link #round}. */
    void begin() throws IOException {
        listener.channel().configureBlocking(false);
        listener.channel().register(selector, SelectionKey.OP_ACCEPT, listener);
    }

    /** Waits until there is something to do, and does a share of it. */
    void round() throws IOException {
        select();
        answer();
        turns.give();
        turns.evict(); // before newcomers come: these have been selected once, if they have sent anything
        arrivals.accept();
        checkTimes();
    }

    /** Closes connections and listener: after the last {@link #round}. */
    void end() throws IOException {
        try (selector;
                listener) {
            List.copyOf(clients).forEach(turns::end);
        }
    }

    /** Any thread: makes {@link #run} return soon. */
    @Override
    public void close() {
        stopping = true;
        selector.wakeup();
    }

    private void select() throws IOException {
        if (hasWork()) {
            selector.selectNow(this::onReady);
            return;
        }
        long now = now();
        long nanos = arrivals.pauseNanos(now);
        for (ClientConnection client : clients) {
            nanos = Math.min(nanos, client.earliest() - now);
        }
        // Rounded up: to wake a little late is better than to turn until the time has come.
        long millis = nanos == Long.MAX_VALUE ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
        selector.select(this::onReady, millis);
    }

    /** Whether the next round waits for nothing. */
    boolean hasWork() {
        return !turns.isEmpty() || !finished.isEmpty();
    }

    private void onReady(SelectionKey key) {
        if (key.attachment() instanceof ClientConnection client) {
            turns.add(client);
        } else if (key.attachment() == listener) {
            arrivals.onReady();
        }
    }

    /** A bounded share of the answers, so that they do not starve the sockets. */
    void answer() {
        long now = now();
        for (int i = 0; i < ANSWERS_AT_ONCE; i++) {
            KeyWork work = finished.poll();
            if (work == null) {
                return;
            }
            turns.guarded(work.client, () -> {
                work.client.finished(work, now);
                return true;
            });
        }
    }

    /** On a thread of the pool. */
    private void onFinished(KeyWork work) {
        finished.add(work);
        selector.wakeup();
    }

    private void checkTimes() {
        long now = now();
        arrivals.checkTime(now);
        int open = 0;
        for (ClientConnection client : List.copyOf(clients)) {
            turns.guarded(client, () -> client.checkTimes(now));
            open += client.openRequests();
        }
        openRequests = open;
        peers.values().removeIf(share -> share.isIdle(now));
    }

    private boolean admit(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        ClientListener.Admission admission = listener.admit(channel);
        if (admission == null) {
            return false;
        }
        long now = now();
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
        ClientConnection client = new ClientConnection(this, admission, places, key, now);
        boolean admitted = false;
        try {
            admitted = enter(client, admission, now);
            key.attach(client); // its first turn comes with its first byte: one that sends none costs next to nothing
            return admitted;
        } finally {
            if (!admitted) {
                client.end();
            }
        }
    }

    private boolean enter(ClientConnection client, ClientListener.Admission admission, long now) {
        if (admission.isKnown()) {
            Refusal refused = client.settle(now);
            if (refused != null) {
                warn(ClientListener.REFUSED + admission.where() + ": " + refused.reason());
                return false;
            }
        } else {
            places.arrive(client);
        }
        clients.add(client);
        return true;
    }

    KeyWork request(ClientConnection client, long id, Message request, int millis, long now) {
        return new KeyWork(client, id, request, millis, now, setting);
    }

    /** Whether there is room for it. */
    boolean submit(KeyWork request) {
        return queues.queueOf(request.key()).add(request.client.identity().share(), request);
    }

    void forget(ClientConnection client) {
        clients.remove(client);
    }

    /** Tells the operator, if that is possible: a line that is lost ends no connection. */
    void warn(String line) {
        try {
            warnings.accept(line);
        } catch (RuntimeException | Error e) {
            // Memory has run out, most likely.
        }
    }

    /** Tells the operator of a defect, if that is possible. */
    void defect(String what, String where, Throwable cause) {
        try {
            warnings.accept(KeyserverNotices.DEFECT + what + where + ": " + cause);
        } catch (RuntimeException | Error e) {
            // When memory has run out, there is none for the line either.
        }
    }

    /** What the clients of one identity take up together. */
    PeerShare share(ClientIdentity identity, long now) {
        return peers.computeIfAbsent(identity.share(), name -> new PeerShare(limits, now));
    }

    KeyServerLimits limits() {
        return limits;
    }

    /** The keys that a client may use, in no order. */
    List<KeyOffer> offersTo(ClientIdentity client) {
        List<KeyOffer> offers = new ArrayList<>();
        setting.keys().get().forEach((id, key) -> {
            if (client.mayUse().test(id)) {
                offers.add(new KeyOffer(id, true, key.decrypts()));
            }
        });
        return offers;
    }

    /** Any thread: how many requests had no answer, over all clients, when the loop last turned. */
    public int openRequests() {
        return openRequests;
    }

    long now() {
        return nanoTime.getAsLong();
    }
}
