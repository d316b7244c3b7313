package dev.lockstep.jsse.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a server that does not move its engine is told to. */
@Timeout(60)
class WakeHookTest {

    private final AtomicInteger runs = new AtomicInteger();

    @Test
    void aServerThatMovesItsEngineIsToldNoMore() {
        WakeHook hook = new WakeHook();
        hook.set(runs::incrementAndGet);
        Runnable ringing = hook.ringing();
        hook.moved();
        ringing.run();
        assertThat(runs).hasValue(0);
    }

    /** A client that resets its connection may cost the server's end point the engine, which nothing closes then. */
    @Test
    void anEngineThatWasDroppedIsNotKept() throws Exception {
        CountDownLatch all = new CountDownLatch(65);
        WeakReference<Object> engine = rings(all);
        assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
        while (engine.get() != null) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(runs).hasValue(65);
    }

    private WeakReference<Object> rings(CountDownLatch all) {
        Object engine = new Object();
        WakeHook hook = new WakeHook(1000);
        hook.set(() -> {
            assertThat(engine).isNotNull();
            runs.incrementAndGet();
            all.countDown();
        });
        hook.ringing().run();
        return new WeakReference<>(engine);
    }
}
