package dev.lockstep.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.Selector;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What all blocking channels of a process depend on. */
class ReadinessTest {

    @Test
    void aShortageOfDescriptorsLastsNoLongerThanItDoes() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        Readiness.Shared shared = new Readiness.Shared(() -> {
            if (opened.incrementAndGet() == 1) {
                throw new IOException("Too many open files");
            }
            return Selector.open();
        });
        assertThatThrownBy(shared::get).isInstanceOf(IOException.class);
        assertThat(shared.get()).isSameAs(shared.get());
        assertThat(opened).hasValue(2);
    }
}
