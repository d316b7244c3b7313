package dev.lockstep.nio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Few buffers for many connections, and nothing of one connection in the hands of another. */
class BufferPoolTest {

    private final BufferPool pool = new BufferPool(100, 2);

    @Test
    void aBufferComesBackEmptyAndInWriteMode() {
        ByteBuffer buffer = pool.take();
        buffer.put(new byte[60]).flip();
        pool.give(buffer);

        ByteBuffer again = pool.take();
        assertThat(again).isSameAs(buffer);
        assertThat(again.position()).isZero();
        assertThat(again.remaining()).isEqualTo(100);
    }

    @Test
    void plaintextIsGoneFromABufferThatIsGivenBackWiped() {
        ByteBuffer buffer = pool.take();
        buffer.put("secret".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .flip();
        pool.giveWiped(buffer);

        assertThat(pool.take().array()).containsOnly(0);
    }

    @Test
    void noMoreThanItsShareIsKept() {
        Set<byte[]> before = Collections.newSetFromMap(new IdentityHashMap<>());
        ByteBuffer[] buffers = {pool.take(), pool.take(), pool.take()};
        assertThat(pool.lent()).isEqualTo(3);
        for (ByteBuffer buffer : buffers) {
            before.add(buffer.array());
            pool.give(buffer);
        }

        assertThat(pool.lent()).isZero();
        assertThat(before.contains(pool.take().array())).isTrue();
        assertThat(before.contains(pool.take().array())).isTrue();
        assertThat(before.contains(pool.take().array())).isFalse();
    }
}
