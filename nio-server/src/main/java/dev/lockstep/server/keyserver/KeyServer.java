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
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The loop of a key server: one thread and one selector for all clients of a listener, the work with the keys elsewhere.
 * Nothing that a client does ends it.
 */
public final class KeyServer implements AutoCloseable {

    private static final int ACCEPTS_AT_ONCE = 64;
    private static final int HANDSHAKES_AT_ONCE = 2;
    private static final int ANSWERS_AT_ONCE = 1024;
    private static final long ACCEPT_PAUSE = TimeUnit.MILLISECONDS.toNanos(200);

    private final ClientListener listener;
    private final Places places;
    private final KeyServerLimits limits;
    private final WorkQueue work;
    private final Consumer<String> warnings;
    private final LongSupplier nanoTime;
    private final KeyWork.Setting setting;
    private final Selector selector;
    private final Set<ClientConnection> clients = new LinkedHashSet<>();
    private final Map<String, PeerShare> peers = new HashMap<>();
    private final Set<ClientConnection> due = new LinkedHashSet<>();
    private final ConcurrentLinkedQueue<KeyWork> finished = new ConcurrentLinkedQueue<>();
    private volatile boolean stopping;
    private volatile int openRequests;
    private boolean acceptable;
    private boolean acceptPaused;
    private long acceptAgain;

    /**
     * Takes over a listener that is open.
     *
     * @param keys what is served now, at most {@link Message#MAX_KEYS}; asked on the loop and on the threads that work
     * @param work does the work; may be that of other listeners too
     * @param warnings is told, in a line, of what an operator should know
     * @throws IOException when there is no selector to be had
     */
    public KeyServer(
            ClientListener listener,
            Supplier<Map<KeyId, ServedKey>> keys,
            KeyServerLimits limits,
            WorkQueue work,
            UsageLog log,
            Consumer<String> warnings)
            throws IOException {
        this(listener, keys, limits, work, log, warnings, System::nanoTime);
    }

    /** As the other constructor, with another clock. */
    KeyServer(
            ClientListener listener,
            Supplier<Map<KeyId, ServedKey>> keys,
            KeyServerLimits limits,
            WorkQueue work,
            UsageLog log,
            Consumer<String> warnings,
            LongSupplier nanoTime)
            throws IOException {
        this.listener = listener;
        this.places = new Places(limits);
        this.limits = limits;
        this.work = work;
        this.warnings = warnings;
        this.nanoTime = nanoTime;
        this.setting = new KeyWork.Setting(keys, log, this::onFinished, nanoTime);
        // A channel can be registered only with a selector of its own provider.
        this.selector = listener.channel().provider().openSelector();
    }

    /**
     * Serves until {@link #close}, then closes connections and listener.
     *
     * @throws IOException when the selector itself fails
     */
    public void run() throws IOException {
        try {
            begin();
            while (!stopping) {
                round();
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
        giveTurns();
        evict(); // before newcomers come: these have been selected once, if they have sent anything
        accept();
        checkTimes();
    }

    /** Closes connections and listener: after the last {@link #round}. */
    void end() throws IOException {
        List.copyOf(clients).forEach(ClientConnection::end);
        listener.close();
        selector.close();
    }

    /** Any thread: makes {@link #run} return soon. */
    @Override
    public void close() {
        stopping = true;
        selector.wakeup();
    }

    private void select() throws IOException {
        if (!due.isEmpty() || !finished.isEmpty()) {
            selector.selectNow(this::onReady);
            return;
        }
        long now = now();
        long nanos = acceptPaused ? acceptAgain - now : Long.MAX_VALUE;
        for (ClientConnection client : clients) {
            nanos = Math.min(nanos, client.earliest() - now);
        }
        // Rounded up: to wake a little late is better than to turn until the time has come.
        long millis = nanos == Long.MAX_VALUE ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
        selector.select(this::onReady, millis);
    }

    private void onReady(SelectionKey key) {
        if (key.attachment() instanceof ClientConnection client) {
            due.add(client);
        } else if (key.attachment() == listener) {
            acceptable = true;
        }
    }

    private void evict() {
        ClientConnection excess = places.excess(due::contains);
        while (excess != null) {
            excess.end();
            excess = places.excess(due::contains);
        }
    }

    /**
     * All known clients, and few of the others: a turn of theirs may be a TLS handshake's computation. First are those of the
     * addresses that have fewest, so that a newcomer does not wait for a flood from elsewhere.
     */
    private void giveTurns() {
        List<ClientConnection> unknown = new ArrayList<>();
        for (ClientConnection client : List.copyOf(due)) {
            if (client.isSettled()) {
                due.remove(client);
                turn(client);
            } else {
                unknown.add(client);
            }
        }
        if (unknown.size() > HANDSHAKES_AT_ONCE) {
            Map<String, Integer> counts = places.unknownByOrigin();
            unknown.sort(Comparator.comparingInt(client -> counts.getOrDefault(client.origin(), 0)));
        }
        for (ClientConnection client : unknown.subList(0, Math.min(HANDSHAKES_AT_ONCE, unknown.size()))) {
            due.remove(client);
            turn(client);
        }
    }

    private void turn(ClientConnection client) {
        guarded(client, () -> {
            client.turn(now());
            return client.wantsTurn();
        });
    }

    /**
     * Boundary of a client: a defect that one of them meets must not end the others.
     *
     * @param share says whether the client has a turn to come
     */
    private void guarded(ClientConnection client, BooleanSupplier share) {
        try {
            if (share.getAsBoolean()) {
                due.add(client);
            }
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError | AssertionError e) {
            client.end();
            warnings.accept("DEFECT in the connection of " + client.where() + ": " + e);
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
            guarded(work.client, () -> {
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
        if (acceptPaused && now - acceptAgain >= 0) {
            acceptPaused = false;
            listen(SelectionKey.OP_ACCEPT);
        }
        int open = 0;
        for (ClientConnection client : List.copyOf(clients)) {
            guarded(client, () -> client.checkTimes(now));
            open += client.openRequests();
        }
        openRequests = open;
        peers.values().removeIf(share -> share.isIdle(now));
    }

    private void accept() {
        if (!acceptable || acceptPaused) {
            return;
        }
        acceptable = false;
        for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
            SocketChannel channel;
            try {
                channel = listener.channel().accept();
            } catch (IOException e) {
                // Out of descriptors, most likely.
                warnings.accept("accept failed: " + e.getMessage());
                acceptPaused = true;
                acceptAgain = now() + ACCEPT_PAUSE;
                listen(0);
                return;
            }
            if (channel == null) {
                return;
            }
            try {
                if (!admit(channel)) {
                    channel.close();
                }
            } catch (IOException e) {
                closeQuietly(channel);
            } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
                // boundary, as for a turn
                closeQuietly(channel);
                warnings.accept("DEFECT while a connection was accepted: " + e);
            }
        }
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
        if (admission.isKnown()) {
            String refused = client.settle(now);
            if (refused != null) {
                warn("refused a connection of " + admission.where() + ": " + refused);
                key.cancel();
                return false;
            }
        } else {
            places.arrive(client);
        }
        clients.add(client);
        key.attach(client); // its first turn comes with its first byte: one that sends none costs next to nothing
        return true;
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // The client is gone, and so is the descriptor.
        }
    }

    private void listen(int interest) {
        SelectionKey key = listener.channel().keyFor(selector);
        if (key != null && key.isValid()) {
            key.interestOps(interest);
        }
    }

    KeyWork request(ClientConnection client, long id, Message request, int millis, long now) {
        return new KeyWork(client, id, request, millis, now, setting);
    }

    /** Whether there is room for it. */
    boolean submit(KeyWork request) {
        return work.add(request.client.identity().share(), request);
    }

    void forget(ClientConnection client) {
        clients.remove(client);
    }

    void warn(String line) {
        warnings.accept(line);
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

    private long now() {
        return nanoTime.getAsLong();
    }
}
