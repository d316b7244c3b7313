package dev.lockstep.keys.keyserver;

import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * A key server for servers whose loops are not the application's own, such as Netty, Jetty and Tomcat: one connection to it, in
 * one thread that does nothing else. Its keys are for any number of threads; none of them waits. Operations take two hops
 * between threads more than those of {@link KeyServerKeys} in the loop that asks.
 *
 * <p>The thread is a daemon, and runs until {@link #close}.
 */
public final class KeyServerThread implements AutoCloseable {

    private static final int MOST_FAILED_TURNS = 16;

    private final KeyServerKeys keys;
    private final Selector selector;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;
    private volatile boolean ended;

    private KeyServerThread(KeyServerKeys keys, Selector selector) {
        this.keys = keys;
        this.selector = selector;
    }

    /**
     * Starts the thread, which begins to connect. A key server that is not there is no error: it is tried again later.
     *
     * @param builder says how the key server is reached; its clock becomes {@link System#nanoTime}
     * @throws IOException when the system gives no selector
     */
    public static KeyServerThread start(KeyServerKeys.Builder builder) throws IOException {
        KeyServerThread started =
                new KeyServerThread(builder.clock(System::nanoTime).build(), Selector.open());
        Thread thread = new Thread(started::run, "lockstep-key-server");
        thread.setDaemon(true);
        thread.start();
        return started;
    }

    /**
     * Asks the key server which keys it has and what each does, as {@link KeyServerKeys#learn}. Blocks.
     *
     * @throws OperationException when it does not answer, refuses this client, or speaks another version
     */
    public void learn() throws OperationException {
        keys.learn();
    }

    /**
     * Returns whether the key server offered this client the key of a certificate when it was last heard; false if it
     * never was.
     */
    public boolean offers(X509Certificate certificate) {
        return keys.offers(certificate);
    }

    /**
     * Returns the key that belongs to a certificate; see {@link KeyServerKeys#key}.
     *
     * @throws IllegalArgumentException when the certificate's key is of a kind that TLS 1.2 cannot use
     */
    public ExternalPrivateKey key(X509Certificate certificate) {
        return new HandedKey(keys.key(certificate));
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

    /** Ends the connection and the thread: what is open fails, and so does what is asked later. Does not wait for that. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
    }

    private void run() {
        try {
            keys.register(selector);
            int failedTurns = 0;
            while (!closed) {
                try {
                    select(keys.nextDeadlineNanos());
                    keys.tick(System.nanoTime());
                    failedTurns = 0;
                } catch (RuntimeException | Error e) {
                    // The boundary of the thread: memory that has run out once must not end the keys for good.
                    if (++failedTurns == MOST_FAILED_TURNS) {
                        throw e;
                    }
                }
                runTasks();
            }
        } catch (IOException e) {
            throw new IllegalStateException("the selector has failed", e);
        } finally {
            end();
        }
    }

    private void ready(SelectionKey key) {
        keys.onReady(key);
    }

    private void select(OptionalLong deadline) throws IOException {
        if (deadline.isEmpty()) {
            selector.select(this::ready);
            return;
        }
        long left = deadline.getAsLong() - System.nanoTime();
        if (left <= 0) {
            selector.selectNow(this::ready); // the connection has input of which the selector does not tell
        } else {
            selector.select(this::ready, TimeUnit.NANOSECONDS.toMillis(left) + 1);
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                // The boundary of one operation, whose waker belongs to its connection: the others have their turn.
            }
        }
    }

    /** What is open fails by the first of these calls, and its connections learn of it by the tasks. */
    private void end() {
        keys.close();
        ended = true;
        runTasks();
        try {
            selector.close();
        } catch (IOException e) {
            throw new IllegalStateException("the selector does not close", e);
        }
    }

    /** Has the thread do something; where the thread has ended, this one does it. */
    private void hand(Runnable task) {
        tasks.add(task);
        if (ended && tasks.remove(task)) {
            task.run();
        } else {
            selector.wakeup();
        }
    }

    /** A key whose operations are begun and ended by the thread. */
    private final class HandedKey implements ExternalPrivateKey {

        private final ExternalPrivateKey key;

        HandedKey(ExternalPrivateKey key) {
            this.key = key;
        }

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return key.signatureSchemes();
        }

        @Override
        public boolean canDecrypt() {
            return key.canDecrypt();
        }

        @Override
        public Start<byte[]> startSign(SignRequest request, Waker waker) {
            return start(waker, answered -> ended ? ended() : key.startSign(request, answered));
        }

        @Override
        public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
            return start(waker, answered -> ended ? ended() : key.startDecrypt(request, answered));
        }

        private Start<byte[]> start(Waker waker, HandedOperation.Question question) {
            if (closed) {
                return ended();
            }
            HandedOperation operation = new HandedOperation(waker, KeyServerThread.this::hand);
            hand(() -> operation.begin(question));
            return Start.inProgress(operation);
        }

        private static Start<byte[]> ended() {
            return Start.failed(new OperationException(Reason.KEY_UNAVAILABLE, "the key server is not used any more"));
        }

        @Override
        public String toString() {
            return key.toString();
        }
    }
}
