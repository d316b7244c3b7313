package dev.lockstep.simulation;

import dev.lockstep.testkit.util.Expect;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/** Buffers that connections borrow, as many as there may be. */
final class Buffers {

    private final int most;
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private final Set<ByteBuffer> lent = Collections.newSetFromMap(new IdentityHashMap<>());

    Buffers(int most) {
        this.most = most;
    }

    /** Lends an empty buffer of a capacity. */
    ByteBuffer lend(int capacity) {
        ByteBuffer buffer = free.stream()
                .filter(each -> each.capacity() == capacity)
                .findFirst()
                .orElse(null);
        if (buffer == null) {
            buffer = ByteBuffer.allocate(capacity);
        } else {
            free.remove(buffer);
        }
        lent.add(buffer);
        Expect.that(lent.size() <= most, "more buffers are lent than connections can have");
        return buffer.clear();
    }

    /** Takes one back. */
    void giveBack(ByteBuffer buffer) {
        Expect.that(lent.remove(buffer), "a buffer is given back that was not lent");
        free.addFirst(buffer);
    }

    /** Returns how many are lent. */
    int lent() {
        return lent.size();
    }
}
