package dev.lockstep.nio;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.OptionalLong;

/** A guest without channels, which wants nothing. */
class QuietGuest implements LoopGuest {

    @Override
    public void register(Selector selector) throws IOException {}

    @Override
    public boolean owns(SelectionKey key) {
        return false;
    }

    @Override
    public void onReady(SelectionKey key) {}

    @Override
    public OptionalLong nextDeadlineNanos() {
        return OptionalLong.empty();
    }

    @Override
    public void tick(long nowNanos) {}
}
