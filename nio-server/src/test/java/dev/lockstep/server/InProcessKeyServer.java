package dev.lockstep.server;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.server.audit.KeyUseLog;
import dev.lockstep.server.keyserver.HolderQueues;
import dev.lockstep.server.keyserver.KeyServer;
import dev.lockstep.server.keyserver.KeyServerLimits;
import dev.lockstep.server.keyserver.ServedKey;
import dev.lockstep.server.keyserver.UsageLog;
import dev.lockstep.server.keyserver.WorkQueue;
import dev.lockstep.server.keyserver.listener.UnixListener;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A key server on a thread of this process, on a real socket, with keys and threads that a test can meddle with. */
public final class InProcessKeyServer implements AutoCloseable {

    public final KeyServer server;
    public final Path socket;
    public final Path log;
    private final KeyUseLog useLog;
    private final Thread thread;
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final FutureTask<Void> ended;

    /** How a key server is made: start from {@link #serving} and change what matters. */
    public static final class Setup {
        public final Map<KeyId, ServedKey> keys = new HashMap<>();
        public boolean decrypting = true;
        public KeyServerLimits limits = KeyServerLimits.DEFAULT;
        public volatile Executor workers = Runnable::run;

        /** Do the work with keys in a token; the others do by default. */
        public volatile Executor tokenWorkers = task -> workers.execute(task);

        /** Gives the times of the key-use log. */
        public Clock clock = Clock.systemUTC();

        public InProcessKeyServer start(Path directory) throws Exception {
            return new InProcessKeyServer(this, directory);
        }

        /** The keys added from now on only sign. */
        public Setup signingOnly() {
            decrypting = false;
            return this;
        }

        /** The keys added so far sign for DHE suites too. */
        public Setup allowingDhe() {
            keys.replaceAll((id, key) -> key.allowingDhe());
            return this;
        }

        /** The keys added so far are in a token. */
        public Setup inToken() {
            keys.replaceAll((id, key) -> key.inToken());
            return this;
        }

        /** Adds a key, seen through {@code meddling}. */
        public Setup with(KeyPair pair, UnaryOperator<BlockingKey> meddling) {
            BlockingKey key = meddling.apply(InMemoryKey.of(pair.getPrivate(), new SecureRandom()));
            byte[] secret = HashAlgorithm.SHA256.digest(pair.getPublic().getEncoded());
            keys.put(KeyId.of(pair.getPublic()), new ServedKey("test", key, pair.getPublic(), secret, decrypting));
            return this;
        }
    }

    public static Setup serving(KeyPair... pairs) {
        Setup setup = new Setup();
        for (KeyPair pair : pairs) {
            setup.with(pair, key -> key);
        }
        return setup;
    }

    private InProcessKeyServer(Setup setup, Path directory) throws Exception {
        socket = directory.resolve("ks.sock");
        log = directory.resolve("keys.log");
        KeyUseLog.Options standard = KeyUseLog.Options.DEFAULT;
        useLog = KeyUseLog.open(log, new KeyUseLog.Options(standard.maxFileBytes(), standard.fsync(), setup.clock));
        UnixListener listener =
                UnixListener.open(socket, PosixFilePermissions.fromString("rw-------"), null, List.of(), line -> {});
        server = new KeyServer(
                listener,
                () -> setup.keys,
                setup.limits,
                new HolderQueues(
                        new WorkQueue(task -> setup.workers.execute(task)),
                        new WorkQueue(task -> setup.tokenWorkers.execute(task))),
                UsageLog.to(useLog, line -> {}),
                warnings::add);
        ended = new FutureTask<>(() -> {
            server.run();
            return null;
        });
        thread = new Thread(ended, "key server under test");
        thread.setDaemon(true);
        thread.start();
    }

    /** What an operator was told. */
    public List<String> warnings() {
        return warnings;
    }

    /** From here on no line can be written. */
    public void breakLog() throws IOException {
        useLog.close();
    }

    public long threadId() {
        return thread.getId();
    }

    public boolean runs() {
        return !ended.isDone();
    }

    /** Waits until no request is open, which is soon after the last answer. */
    public void awaitIdle() {
        long begin = System.nanoTime();
        while (server.openRequests() > 0) {
            if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(20)) {
                throw new AssertionError(server.openRequests() + " requests are still open");
            }
            Thread.onSpinWait();
        }
    }

    /** Stops the loop; fails if something else has ended it. */
    @Override
    public void close() throws IOException {
        server.close();
        try {
            ended.get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("the key server has not ended in good order", e);
        }
        useLog.close();
    }

    /** Counts what reaches a key. */
    public static UnaryOperator<BlockingKey> counting(AtomicInteger count) {
        return key -> new BlockingKey() {
            @Override
            public java.util.Set<dev.lockstep.tls.spec.SignatureScheme> signatureSchemes() {
                return key.signatureSchemes();
            }

            @Override
            public boolean canDecrypt() {
                return key.canDecrypt();
            }

            @Override
            public byte[] sign(dev.lockstep.tls.key.SignRequest request) throws Exception {
                count.incrementAndGet();
                return key.sign(request);
            }

            @Override
            public byte[] decrypt(dev.lockstep.tls.key.DecryptRequest request) throws Exception {
                count.incrementAndGet();
                return key.decrypt(request);
            }
        };
    }
}
