package dev.lockstep.server.credential;

import dev.lockstep.keys.DelayedKey;
import dev.lockstep.keys.ExecutorKey;
import dev.lockstep.keys.InMemoryKey;
import dev.lockstep.keys.InlineKey;
import dev.lockstep.keys.WorkerPools;
import dev.lockstep.server.loop.FairPools;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.provider.CryptoProviders;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Consumer;
import java.util.function.Function;

/** Where the private-key operations of a server are done. One object serves all its keys. */
public interface KeyMode {

    /** Puts a key there. */
    ExternalPrivateKey place(PrivateKey key);

    /** For the line that says what is served. */
    String describe();

    private static InMemoryKey local(PrivateKey key, CryptoProviders providers) {
        return InMemoryKey.of(key, new SecureRandom(), providers);
    }

    /** On the selector thread: the synchronous form. */
    static KeyMode inline(CryptoProviders providers) {
        return of("key operations inline", key -> InlineKey.of(local(key, providers)));
    }

    /** On a bounded pool beside the selector thread. */
    static KeyMode pooled(Consumer<String> full, CryptoProviders providers) {
        int threads = Runtime.getRuntime().availableProcessors();
        ThreadPoolExecutor pool = FairPools.of(full, threads, "private-key operations");
        return of("key operations on " + threads + " threads", key -> ExecutorKey.of(local(key, providers), pool));
    }

    /** As a slow device would answer: {@code millis} later. */
    static KeyMode delayed(int millis, CryptoProviders providers) {
        ScheduledExecutorService scheduler =
                WorkerPools.scheduler(Runtime.getRuntime().availableProcessors());
        Duration delay = Duration.ofMillis(millis);
        return of(
                "the key answers " + millis + " ms later",
                key -> DelayedKey.of(local(key, providers), delay, scheduler));
    }

    private static KeyMode of(String description, Function<PrivateKey, ExternalPrivateKey> place) {
        return new KeyMode() {
            @Override
            public ExternalPrivateKey place(PrivateKey key) {
                return place.apply(key);
            }

            @Override
            public String describe() {
                return description;
            }
        };
    }
}
