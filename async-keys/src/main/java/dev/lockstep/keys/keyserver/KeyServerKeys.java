package dev.lockstep.keys.keyserver;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.wait.OperationException;
import java.net.InetAddress;
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
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * A client of a key server: another process, best under another user id, that holds private keys and operates them. It
 * connects over a Unix-domain socket, or over TCP with mutual TLS. {@code docs/protocols/keyserver-protocol.md} defines the
 * protocol.
 *
 * <p>The connection is part of the application's selector loop; it has no thread and does not block. It multiplexes
 * requests, and the key server answers them in any order. If the connection
 * drops, pending operations fail immediately with {@link OperationException.Reason#KEY_UNAVAILABLE}, as do new ones
 * until it is re-established; it reconnects with capped exponential back-off. Operations that exceed the limit of open
 * requests or of bytes that wait to be sent fail with {@link OperationException.Reason#REJECTED}.
 *
 * <p>{@link #key} and {@link #credential} need no connection, because the certificate determines a key's signature schemes.
 * Only the key server knows whether a key decrypts, for the RSA key exchange. Call {@link #learn} first to ask it, which
 * blocks; otherwise the exchange is offered for every RSA key, if the builder enables it ({@link Builder#decryption}).
 *
 * <p>An object belongs to one selector loop and its thread, and serves any number of certificates and connections there.
 * An application with several loops creates one for each. A call from another thread throws
 * {@link IllegalStateException}, except where a method says otherwise.
 */
public final class KeyServerKeys implements SelectorDriven, AutoCloseable {

    /** How the key server decrypts premaster secrets, for the RSA key exchange. */
    public enum Decryption {
        /** Not at all: the server does not offer the RSA key exchange. */
        NONE,
        /** It answers with the secret or, if the padding is bad, with 48 other bytes that look the same. */
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

    /** Returns a builder for a key server that listens on a Unix-domain socket. It need not be running yet. */
    public static Builder unix(Path socket) {
        return new Builder(KeyServerTarget.unix(socket));
    }

    /**
     * Returns a builder for a key server on another machine, over TLS 1.3 or 1.2. The key server's certificate must be for
     * the host name with which {@code address} was created, or for the IP address.
     *
     * @param address a resolved address
     * @param context has the client's certificate and key, and the trust anchors for the key server
     * @throws IllegalArgumentException if the address is not resolved
     */
    public static Builder tcp(InetSocketAddress address, SSLContext context) {
        return new Builder(KeyServerTarget.tcp(address, Objects.requireNonNull(context, "context")));
    }

    /**
     * Returns a builder for a key server on another machine, as {@link #tcp(InetSocketAddress, SSLContext)}, whose host name is
     * looked up for each attempt to connect, on a thread of its own. An attempt tries up to eight addresses of the name, one
     * after another.
     *
     * @param host a name or an address, which the key server's certificate must be for
     * @param port 1 to 65535
     * @param context is asked for each connection, by the thread that makes it, and must not block; it may return another
     *     context with a renewed certificate, see {@link #reconnect}
     * @throws IllegalArgumentException if the port is out of range
     */
    public static Builder tcp(String host, int port, Supplier<SSLContext> context) {
        if (port < 1 || port > 0xFFFF) {
            throw new IllegalArgumentException("port: " + port + " is not in 1..65535");
        }
        return new Builder(KeyServerTarget.tcp(
                Objects.requireNonNull(host, "host"),
                port,
                Objects.requireNonNull(context, "context"),
                InetAddress::getAllByName));
    }

    /**
     * Returns the key that belongs to a certificate. It signs with the schemes that the certificate permits. It decrypts if
     * the builder enables decryption and the key server offers it; a key server that has not answered yet ({@link #learn})
     * is assumed to. If the key server does not have the key, operations fail. Does no I/O; callable from any thread.
     *
     * @throws IllegalArgumentException if TLS 1.2 cannot use the certificate's kind of key
     */
    public ExternalPrivateKey key(X509Certificate certificate) {
        return new KeyServerKey(link, certificate, options.decryption());
    }

    /**
     * Returns a credential of a chain and the key of its first certificate.
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
     * Asks the key server, over a separate connection, for its keys and the operations of each, which {@link #key} then uses.
     * Blocks until it answers, or until {@link Builder#patience} has passed. Callable from any thread, before or after
     * {@link #register}.
     *
     * @throws OperationException if it does not answer, refuses this client, or speaks another version; also if the thread is
     *     interrupted, which it then still is
     */
    public void learn() throws OperationException {
        KeyServerProbe.ask(target, this, options, link);
    }

    /**
     * Takes over what another client of the same key server has learned, for example that of another loop, without asking once
     * more. Callable from any thread.
     */
    public void learnFrom(KeyServerKeys other) {
        link.offers().learn(other.link.offers());
    }

    /**
     * Returns whether the key server offered this client the key of a certificate when it was last heard ({@link #learn}, or the
     * connection in the loop). False if it was never heard. Callable from any thread.
     */
    public boolean offers(X509Certificate certificate) {
        return link.offers().has(KeyId.of(certificate.getPublicKey()));
    }

    /** Returns how many keys the key server offered this client when it was last heard; 0 if it never was. Any thread. */
    public int offered() {
        return link.offers().number();
    }

    /**
     * Registers with a selector loop and begins to connect. If the key server is not there, the client tries again later.
     *
     * @throws IllegalStateException if it is registered already
     */
    @Override
    public void register(Selector selector) {
        link.register(Objects.requireNonNull(selector, "selector"));
    }

    /**
     * Makes the connection again, for example with a renewed certificate, at the next moment without open requests; those that
     * are made while there is no connection then wait for it, and fail if it cannot be made. Does nothing if there is none.
     * Callable from any thread.
     */
    public void reconnect() {
        link.reconnect();
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

    /** Returns whether requests can be sent now. For the loop's thread. */
    public boolean isConnected() {
        return link.isUp();
    }

    /** Returns how many requests the key server has not answered yet, cancelled ones included. For the loop's thread. */
    public int openRequests() {
        return link.openRequests();
    }

    /** Ends the connection. Open operations fail, and so do later ones. For the loop's thread. */
    @Override
    public void close() {
        link.close();
    }

    /**
     * A builder of {@link KeyServerKeys}. For one thread. Times are more than zero and at most ten minutes; a value out of its
     * range is an {@link IllegalArgumentException}.
     */
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

        Builder(KeyServerTarget target) {
            this.target = target;
        }

        /**
         * Sets how the key server decrypts premaster secrets; {@link Decryption#NONE} by default, since a key server refuses to
         * decrypt by default.
         */
        public Builder decryption(Decryption form) {
            decryption = Objects.requireNonNull(form, "form");
            return this;
        }

        /** Sets how many requests may be open, 1 to 65,535, 4,096 by default; never more than the key server allows. */
        public Builder maxOpen(int requests) {
            if (requests < 1 || requests > 0xFFFF) {
                throw new IllegalArgumentException("maxOpen: " + requests + " is not in 1..65535");
            }
            maxOpen = requests;
            return this;
        }

        /**
         * Sets the back-off of reconnection: the first delay, and the longest to which it doubles; 50 and 500 ms by default.
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
         * Sets the time limit for connecting and for silence; 5 s by default. A key server that owes answers and is silent for
         * that long is sent a ping, and the connection is closed if it does not answer within the same time.
         */
        public Builder patience(Duration silence) {
            limit = nanos("silence", silence);
            return this;
        }

        /** Sets the clock of the loop and of the connections' configuration; {@link System#nanoTime} by default. */
        public Builder clock(LongSupplier nanos) {
            clock = Objects.requireNonNull(nanos, "nanos");
            return this;
        }

        /** Sets the observer of the connection; none by default. */
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

        /** Returns a client, which connects after {@link KeyServerKeys#register}. */
        public KeyServerKeys build() {
            return new KeyServerKeys(
                    target, new Options(decryption, maxOpen, firstRetry, longestRetry, limit, clock, observer));
        }
    }
}
