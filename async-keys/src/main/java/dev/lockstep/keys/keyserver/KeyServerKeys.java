package dev.lockstep.keys.keyserver;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.wait.OperationException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;

/**
 * The keys of a key server: another process, under another user id where the machine allows it, that holds the keys and
 * works with them. It is reached over a Unix-domain socket, or over TCP with mutual TLS;
 * {@code docs/protocols/keyserver-protocol.md} defines the protocol.
 *
 * <p>The connection lives in the application's own selector loop, next to the sockets of its clients: there is no
 * thread, and nothing here blocks. Requests are multiplexed over it and answered in any order. If the connection
 * drops, pending operations fail immediately with {@link OperationException.Reason#KEY_UNAVAILABLE}, as do new ones
 * until it is re-established; it reconnects with capped exponential back-off. Operations that exceed the limit of open
 * requests or of bytes that wait to be sent fail with {@link OperationException.Reason#REJECTED}.
 *
 * <p>{@link #key} and {@link #credential} need no connection: what a key signs with follows from its certificate. Whether it
 * decrypts, for the RSA key exchange, only the key server knows; call {@link #learn} before, which blocks, or the exchange is
 * offered for every RSA key if the builder asks for it ({@link Builder#decryption}).
 *
 * <p>One object belongs to one selector loop and its thread, and serves any number of certificates and connections
 * there; an application with several loops makes one for each. A call from a second thread is answered with
 * {@link IllegalStateException}.
 */
public final class KeyServerKeys implements SelectorDriven, AutoCloseable {

    /** What the key server is asked for when a premaster secret is to be decrypted. */
    public enum Decryption {
        /** Nothing: the RSA key exchange is not offered. */
        NONE,
        /** The 48 bytes under the padding, or 48 others that look the same: the block never leaves the key server. */
        OR_RANDOM
    }

    /** The options of the builder. */
    record Options(
            Decryption decryption,
            int maxOpen,
            long firstRetryNanos,
            long longestRetryNanos,
            long limitNanos,
            LongSupplier clock,
            KeyServerObserver observer) {

        /** For a short connection beside the one of the loop. */
        Options unobserved() {
            return new Options(
                    decryption, maxOpen, firstRetryNanos, longestRetryNanos, limitNanos, clock, KeyServerObserver.NONE);
        }
    }

    private final KeyServerTarget target;
    private final KeyServerLink link;
    private final Options options;

    private KeyServerKeys(KeyServerTarget target, Options options) {
        this.target = target;
        this.options = options;
        this.link = new KeyServerLink(target, this, options);
    }

    /** A key server that listens on a Unix-domain socket. It need not be running yet. */
    public static Builder unix(Path socket) {
        return new Builder(KeyServerTarget.unix(socket));
    }

    /**
     * A key server on another machine, over TLS 1.3 or 1.2. Its certificate must be for the host name that the address
     * was made with, or for the address.
     *
     * @param address resolved
     * @param context with the client's certificate and key, and whom to trust as the key server
     * @throws IllegalArgumentException when the address is not resolved
     */
    public static Builder tcp(InetSocketAddress address, SSLContext context) {
        return new Builder(KeyServerTarget.tcp(address, Objects.requireNonNull(context, "context")));
    }

    /**
     * The key that belongs to a certificate. What it signs with is taken from the certificate. It decrypts if the builder
     * was told so and if the key server offers that; one that has not been heard yet ({@link #learn}) is taken to offer
     * it. Whether the key server has the key shows when it is used. No input or output, callable from any thread.
     *
     * @throws IllegalArgumentException when the certificate's key is of a kind that TLS 1.2 cannot use
     */
    public ExternalPrivateKey key(X509Certificate certificate) {
        return new KeyServerKey(link, certificate, options.decryption());
    }

    /**
     * A chain with the key of its first certificate.
     *
     * @throws IllegalArgumentException when the chain is empty or its key is of a kind that TLS 1.2 cannot use
     */
    public Credential credential(List<X509Certificate> chain) {
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("chain: empty; give at least the server's own certificate");
        }
        return Credential.external(chain, key(chain.get(0)));
    }

    /**
     * Asks the key server, over a connection of its own, which keys it has and what each does, so that {@link #key} knows.
     * Blocks until it has answered or the builder's patience is at its end. Callable from any thread, before or after
     * {@link #register}.
     *
     * @throws OperationException when it does not answer, refuses this client, or speaks another version
     */
    public void learn() throws OperationException {
        KeyServerProbe.ask(target, this, options, link);
    }

    /**
     * Whether the key server offered this client the key of a certificate when it was last heard ({@link #learn}, or the
     * connection in the loop). False if it was never heard. Callable from any thread.
     */
    public boolean offers(X509Certificate certificate) {
        return link.offers(KeyId.of(certificate.getPublicKey()));
    }

    /** How many keys the key server offered this client when it was last heard; 0 if it never was. Any thread. */
    public int offered() {
        return link.offered();
    }

    /**
     * Joins a loop and begins to connect. A key server that is not there is no error: it is tried again later.
     *
     * @throws IllegalStateException when it has joined one already
     */
    @Override
    public void register(Selector selector) {
        link.register(Objects.requireNonNull(selector, "selector"));
    }

    @Override
    public void onReady(SelectionKey key) {
        link.onReady(key);
    }

    @Override
    public OptionalLong nextDeadlineNanos() {
        return link.nextDeadlineNanos();
    }

    @Override
    public void tick(long nowNanos) {
        link.tick(nowNanos);
    }

    /** Whether requests can be sent now. For the loop's thread. */
    public boolean isConnected() {
        return link.isUp();
    }

    /** How many requests the key server has not answered yet, cancelled ones included. For the loop's thread. */
    public int openRequests() {
        return link.openRequests();
    }

    /** Ends the connection: what is open fails, and so does what is asked later. For the loop's thread. */
    @Override
    public void close() {
        link.close();
    }

    /** How a key server is used. */
    public static final class Builder {

        private static final Duration LONGEST = Duration.ofMinutes(10);

        private final KeyServerTarget target;
        private Decryption decryption = Decryption.NONE;
        private int maxOpen = 4096;
        private long firstRetry = Duration.ofMillis(50).toNanos();
        private long longestRetry = Duration.ofMillis(500).toNanos();
        private long limit = Duration.ofSeconds(5).toNanos();
        private LongSupplier clock = System::nanoTime;
        private KeyServerObserver observer = KeyServerObserver.NONE;

        private Builder(KeyServerTarget target) {
            this.target = target;
        }

        /**
         * What to ask for when a premaster secret is to be decrypted; {@link Decryption#NONE} by default, as a key server
         * decrypts nothing by default.
         */
        public Builder decryption(Decryption form) {
            decryption = Objects.requireNonNull(form, "form");
            return this;
        }

        /** How many requests may be open, 1 to 65,535, 4,096 by default; never more than the key server allows. */
        public Builder maxOpen(int requests) {
            if (requests < 1 || requests > 0xFFFF) {
                throw new IllegalArgumentException("maxOpen: " + requests + " is not in 1..65535");
            }
            maxOpen = requests;
            return this;
        }

        /**
         * The pause before a lost connection is made again, and the longest that it grows to while that fails, doubled
         * each time; 50 and 500 ms by default.
         */
        public Builder reconnect(Duration first, Duration longest) {
            firstRetry = nanos("first", first);
            longestRetry = nanos("longest", longest);
            if (longestRetry < firstRetry) {
                throw new IllegalArgumentException("longest: is shorter than the first pause");
            }
            return this;
        }

        /**
         * How long the key server may take to accept a connection and send its welcome, and how long it may be silent while
         * it owes answers: then it is asked whether it is there, and given up after the same time again. 5 s by default.
         */
        public Builder patience(Duration silence) {
            limit = nanos("silence", silence);
            return this;
        }

        /** The clock of the loop and of the connections' configuration; {@link System#nanoTime} by default. */
        public Builder clock(LongSupplier nanos) {
            clock = Objects.requireNonNull(nanos, "nanos");
            return this;
        }

        /** Sets the receiver of what happens to the connection; none by default. */
        public Builder observer(KeyServerObserver value) {
            observer = Objects.requireNonNull(value, "observer");
            return this;
        }

        private static long nanos(String name, Duration value) {
            if (value.isNegative() || value.isZero() || value.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(name + ": " + value + " is not between zero and ten minutes");
            }
            return value.toNanos();
        }

        /** The client, not connected yet: that begins with {@link KeyServerKeys#register}. */
        public KeyServerKeys build() {
            return new KeyServerKeys(
                    target, new Options(decryption, maxOpen, firstRetry, longestRetry, limit, clock, observer));
        }
    }
}
