package dev.lockstep.server;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.CallbackKey;
import dev.lockstep.keys.DelayedKey;
import dev.lockstep.keys.ExecutorKey;
import dev.lockstep.keys.FutureKey;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.keys.InlineKey;
import dev.lockstep.keys.WorkerPools;
import dev.lockstep.keys.compose.CircuitBreakerKey;
import dev.lockstep.keys.compose.DeadlineKey;
import dev.lockstep.keys.compose.FallThroughKey;
import dev.lockstep.keys.compose.ObservedKey;
import dev.lockstep.keys.compose.RetryingKey;
import dev.lockstep.keys.compose.RoutingKey;
import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.keys.keyserver.SelectorDriven;
import dev.lockstep.keys.pkcs11.Pkcs11Keys;
import dev.lockstep.keys.sshagent.SshAgentKeys;
import dev.lockstep.tls.key.ExternalPrivateKey;
import java.nio.channels.Selector;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Every implementation of the private-key SPI, each with the keys of {@link TestFiles}. */
enum KeyImplementation {
    INLINE {
        @Override
        KeyUnderTest open(TestFiles files, LongSupplier clock) {
            KeyUnderTest it = new KeyUnderTest().neverSuspending();
            return each(it, files, InlineKey::of);
        }
    },
    EXECUTOR {
        @Override
        KeyUnderTest open(TestFiles files, LongSupplier clock) {
            KeyUnderTest it = new KeyUnderTest();
            ThreadPoolExecutor pool = pool(it);
            return each(it, files, key -> ExecutorKey.of(key, pool)).counting(() -> busy(pool));
        }
    },
    DELAYED {
        @Override
        KeyUnderTest open(TestFiles files, LongSupplier clock) {
            KeyUnderTest it = new KeyUnderTest();
            ScheduledThreadPoolExecutor scheduler = scheduler(it);
            return each(it, files, key -> DelayedKey.of(key, Duration.ofMillis(1), scheduler))
                    .counting(() -> busy(scheduler));
        }
    },
    FUTURE {
        @Override
        KeyUnderTest open(TestFiles files, LongSupplier clock) {
            KeyUnderTest it = new KeyUnderTest();
            ThreadPoolExecutor pool = pool(it);
            return each(it, files, key -> {
                        FutureKey.Builder builder = FutureKey.builder()
                                .signer(key.signatureSchemes(), request -> submit(pool, () -> key.sign(request)));
                        if (key.canDecrypt()) {
                            builder.decryptor(request -> submit(pool, () -> key.decrypt(request)));
                        }
                        return builder.build();
                    })
                    .counting(() -> busy(pool));
        }
    },
    CALLBACK {
        @Override
        KeyUnderTest open(TestFiles files, LongSupplier clock) {
            KeyUnderTest it = new KeyUnderTest();
            ThreadPoolExecutor pool = pool(it);
            return each(it, files, key -> callbacks(key, pool)).counting(() -> busy(pool));
        }
    },
    COMPOSITION {
        @Override
        KeyUnderTest open(TestFiles files, LongSupplier clock) {
            KeyUnderTest it = new KeyUnderTest();
            ThreadPoolExecutor pool = pool(it);
            ScheduledThreadPoolExecutor timer = scheduler(it);
            return it.keys(
                            stack(it, files.rsa, files.rsaCertificate, pool, timer, clock),
                            stack(it, files.ec, files.ecCertificate, pool, timer, clock))
                    .counting(() -> busy(pool) + timer.getQueue().size());
        }
    },
    PKCS11 {
        @Override
        KeyUnderTest open(TestFiles files, LongSupplier clock) throws Exception {
            TokenFiles token = new TokenFiles(TokenFiles.ownDirectory(), files);
            KeyUnderTest it = new KeyUnderTest();
            Pkcs11Keys keys = it.with(Pkcs11Keys.builder(TokenFiles.LIBRARY)
                    .pinFile(token.pinFile())
                    .open());
            ThreadPoolExecutor pool = pool(it);
            return it.keys(
                            ExecutorKey.of(it.gate.before(keys.blockingKey(files.rsaCertificate)), pool),
                            ExecutorKey.of(it.gate.before(keys.blockingKey(files.ecCertificate)), pool))
                    .counting(() -> busy(pool));
        }
    },
    SSH_AGENT {
        @Override
        KeyUnderTest open(TestFiles files, LongSupplier clock) throws Exception {
            AgentProcess agent = new AgentProcess(files.directory, files.rsaKey, files.ecKey);
            KeyUnderTest it = new KeyUnderTest() {
                @Override
                void hold() throws Exception {
                    agent.halt();
                }

                @Override
                boolean holds() {
                    return true; // a halted process does not tell what it was sent
                }

                @Override
                void release() throws Exception {
                    agent.goOn();
                }

                @Override
                void failure(@Nullable Throwable cause) throws Exception {
                    agent.removeKeys();
                    if (cause == null) {
                        agent.addKeys();
                    }
                }
            };
            it.with(agent);
            SshAgentKeys keys = it.with(SshAgentKeys.at(agent.socket));
            return it.keys(keys.key(files.rsaCertificate), keys.key(files.ecCertificate));
        }
    },
    KEY_SERVER {
        @Override
        KeyUnderTest open(TestFiles files, LongSupplier clock) throws Exception {
            KeyUnderTest it = new KeyUnderTest();
            InProcessKeyServer.Setup setup = new InProcessKeyServer.Setup()
                    .with(files.rsa, it.gate::before)
                    .with(files.ec, it.gate::before);
            ThreadPoolExecutor workers = pool(it);
            setup.workers = workers;
            InProcessKeyServer server = it.with(setup.start(files.directory));
            Selector selector = it.with(Selector.open());
            KeyServerKeys keys = it.with(KeyServerKeys.unix(server.socket)
                    .decryption(KeyServerKeys.Decryption.OR_RANDOM)
                    .clock(clock)
                    .patience(Duration.ofMinutes(5))
                    .build());
            keys.register(selector);
            it.turning(() -> {
                selector.selectNow(key -> ((SelectorDriven) key.attachment()).onReady(key));
                keys.tick(clock.getAsLong());
            });
            long begin = System.nanoTime();
            while (!keys.isConnected()) {
                if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(20)) {
                    throw new AssertionError("the key server sent no welcome");
                }
                it.turn();
            }
            return it.keys(keys.key(files.rsaCertificate), keys.key(files.ecCertificate))
                    .counting(() -> keys.openRequests() + server.server.openRequests() + busy(workers));
        }
    };

    abstract KeyUnderTest open(TestFiles files, LongSupplier clock) throws Exception;

    boolean decrypts() {
        return this != SSH_AGENT; // its protocol has no decryption
    }

    private static KeyUnderTest each(
            KeyUnderTest it, TestFiles files, java.util.function.Function<BlockingKey, ExternalPrivateKey> bridge) {
        UnaryOperator<BlockingKey> gated = it.gate::before;
        return it.keys(
                bridge.apply(gated.apply(InMemoryKey.of(files.rsa.getPrivate(), new SecureRandom()))),
                bridge.apply(gated.apply(InMemoryKey.of(files.ec.getPrivate(), new SecureRandom()))));
    }

    private static ThreadPoolExecutor pool(KeyUnderTest it) {
        ThreadPoolExecutor pool = WorkerPools.boundedPool(3, 1000);
        it.with(pool::shutdownNow);
        return pool;
    }

    private static ScheduledThreadPoolExecutor scheduler(KeyUnderTest it) {
        ScheduledThreadPoolExecutor scheduler = (ScheduledThreadPoolExecutor) WorkerPools.scheduler(2);
        it.with(scheduler::shutdownNow);
        return scheduler;
    }

    private static int busy(ThreadPoolExecutor pool) {
        return pool.getQueue().size() + pool.getActiveCount();
    }

    /** A call whose caller may have gone when it ends: then the answer is the callee's, who wipes it. */
    private static CompletableFuture<byte[]> submit(ThreadPoolExecutor pool, Callable<byte[]> work) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        pool.execute(() -> {
            try {
                byte[] result = work.call();
                if (!answer.complete(result)) {
                    Arrays.fill(result, (byte) 0);
                }
            } catch (Throwable e) { // boundary: whatever the key throws is its answer
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private static CallbackKey callbacks(BlockingKey key, ThreadPoolExecutor pool) {
        CallbackKey.Builder builder = CallbackKey.builder()
                .signStart(
                        key.signatureSchemes(),
                        (operation, request) -> begin(operation, submit(pool, () -> key.sign(request))))
                .resume((operation, output) -> {
                    CompletableFuture<byte[]> answer = answer(operation);
                    if (!answer.isDone()) {
                        return CallbackKey.IN_PROGRESS;
                    }
                    if (answer.isCompletedExceptionally()) {
                        return -0x4300;
                    }
                    output.put(answer.join());
                    Arrays.fill(answer.join(), (byte) 0);
                    return CallbackKey.OK;
                })
                .cancel(operation -> {
                    CompletableFuture<byte[]> answer = answer(operation);
                    if (!answer.cancel(false) && !answer.isCompletedExceptionally()) {
                        Arrays.fill(answer.join(), (byte) 0);
                    }
                });
        if (key.canDecrypt()) {
            builder.decryptStart((operation, request) -> begin(operation, submit(pool, () -> key.decrypt(request))));
        }
        return builder.build();
    }

    private static int begin(CallbackKey.Operation operation, CompletableFuture<byte[]> answer) {
        operation.setData(answer);
        CompletableFuture<byte[]> unused = answer.whenComplete((result, failure) -> operation.wake());
        return CallbackKey.IN_PROGRESS;
    }

    @SuppressWarnings("unchecked") // the slot holds what begin has put there
    private static CompletableFuture<byte[]> answer(CallbackKey.Operation operation) {
        return (CompletableFuture<byte[]>) operation.data();
    }

    /** All decorators over one another, none of which has a reason to step in. */
    private static ExternalPrivateKey stack(
            KeyUnderTest it,
            KeyPair pair,
            X509Certificate certificate,
            ThreadPoolExecutor pool,
            ScheduledThreadPoolExecutor timer,
            LongSupplier clock) {
        BlockingKey local = InMemoryKey.of(pair.getPrivate(), new SecureRandom());
        ExternalPrivateKey routed = RoutingKey.builder()
                .route(certificate, ExecutorKey.of(it.gate.before(local), pool))
                .build();
        ExternalPrivateKey retried = RetryingKey.of(routed, 2);
        ExternalPrivateKey limited = DeadlineKey.of(retried, Duration.ofMinutes(30), timer, clock);
        ExternalPrivateKey guarded = CircuitBreakerKey.of(limited, 1000, Duration.ofMinutes(1), clock);
        ExternalPrivateKey falling = FallThroughKey.of(guarded, InlineKey.of(local));
        return ObservedKey.of(falling, operation -> {}, clock);
    }
}
