package dev.lockstep.nio;

import dev.lockstep.tls.config.TlsServerConfig;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A builder of a {@link TlsLoop}. For one thread. */
public final class TlsLoopBuilder {

    final ServerSocketChannel listener;
    final Supplier<TlsServerConfig> config;
    final Supplier<? extends Handler> handlers;
    final List<LoopGuest> guests = new ArrayList<>();
    Limits limits = Limits.DEFAULT;
    final List<LoopObserver> observers = new ArrayList<>();
    AtomicLong numbers = new AtomicLong();
    LongSupplier nanoTime = System::nanoTime;
    int acceptsAtOnce = 64;
    Function<? super SocketAddress, ? extends @Nullable Preface> prefaces = address -> null;

    TlsLoopBuilder(
            ServerSocketChannel listener, Supplier<TlsServerConfig> config, Supplier<? extends Handler> handlers) {
        this.listener = Objects.requireNonNull(listener, "listener");
        this.config = Objects.requireNonNull(config, "config");
        this.handlers = Objects.requireNonNull(handlers, "handlers");
    }

    /** Sets the limits on what clients may cost; {@link Limits#DEFAULT} by default. */
    public TlsLoopBuilder limits(Limits value) {
        limits = Objects.requireNonNull(value, "limits");
        return this;
    }

    /** Adds a receiver of the loop's events. */
    public TlsLoopBuilder observer(LoopObserver value) {
        observers.add(Objects.requireNonNull(value, "observer"));
        return this;
    }

    /**
     * Sets what clients send before TLS begins; nothing by default.
     *
     * <p>A connection with a preface counts as one of the network of the client that the preface states, and keys and
     * verifiers learn that client's address. Until the preface states a client, the connection counts against no
     * network ({@link Limits#perNetwork}).
     *
     * @param value makes a preface for each connection from the address that it comes from; null for none
     */
    public TlsLoopBuilder prefaces(Function<? super SocketAddress, ? extends @Nullable Preface> value) {
        prefaces = Objects.requireNonNull(value, "prefaces");
        return this;
    }

    /** Adds a guest. It stays open when the loop ends. */
    public TlsLoopBuilder guest(LoopGuest guest) {
        guests.add(Objects.requireNonNull(guest, "guest"));
        return this;
    }

    /** Sets the clock, which must be that of the configurations: for loops in simulated time. */
    TlsLoopBuilder nanoTime(LongSupplier clock) {
        nanoTime = clock;
        return this;
    }

    /**
     * Makes the loop one of several that share the listening socket.
     *
     * @param shared numbers the connections of all of them
     */
    TlsLoopBuilder sharing(AtomicLong shared) {
        numbers = shared;
        acceptsAtOnce = 1; // the next connection is for the loop that has time for it
        return this;
    }

    /**
     * Opens the selector and takes over the listening socket.
     *
     * @throws IOException when no selector can be opened, or the socket is closed; it is closed then
     */
    public TlsLoop build() throws IOException {
        return new TlsLoop(this);
    }
}
