package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
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
}
