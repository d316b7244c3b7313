package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A process that is told to end while it starts. */
class ShutdownHookTest {

    @Test
    void aLoopThatStartsAfterTheSignalIsStoppedToo() {
        AtomicInteger stops = new AtomicInteger();
        try (ShutdownHook hook = ShutdownHook.register()) {
            hook.tell();
            hook.stopping(stops::incrementAndGet);
            assertThat(stops).hasValue(1);
        }
    }

    @Test
    void aLoopThatRunsIsStoppedOnce() {
        AtomicInteger stops = new AtomicInteger();
        try (ShutdownHook hook = ShutdownHook.register()) {
            hook.stopping(stops::incrementAndGet);
            assertThat(stops).hasValue(0);
            hook.tell();
            assertThat(stops).hasValue(1);
        }
    }

    @Test
    void theProcessWaitsForItsEndAlsoWhenTheLoopCannotBeStopped() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        ShutdownHook hook = ShutdownHook.register();
        hook.stopping(() -> {
            throw new IllegalStateException("as if memory had run out");
        });
        Runtime.getRuntime().removeShutdownHook(hook.thread()); // so that it can be started here
        hook.thread().setUncaughtExceptionHandler((thread, cause) -> thrown.set(cause));
        hook.thread().start();
        while (hook.thread().isAlive() && hook.thread().getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertThat(hook.thread().isAlive()).isTrue();
        hook.close();
        hook.thread().join(20_000);
        assertThat(thrown.get()).isInstanceOf(IllegalStateException.class);
    }
}
