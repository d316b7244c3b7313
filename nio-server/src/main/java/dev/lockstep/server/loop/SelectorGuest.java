package dev.lockstep.server.loop;

import dev.lockstep.keys.keyserver.SelectorDriven;
import dev.lockstep.nio.LoopGuest;
import dev.lockstep.server.keyuri.LoopNumber;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.OptionalLong;

/**
 * The client of a key server or of an ssh-agent as a guest of a loop. Its selection keys carry it as their attachment.
 *
 * @param driven stays open when the loop ends
 * @param loop the number of the loop, from 0
 */
public record SelectorGuest(SelectorDriven driven, int loop) implements LoopGuest {

    @Override
    public void onStart() {
        LoopNumber.set(loop);
    }

    @Override
    public void register(Selector selector) throws IOException {
        driven.register(selector);
    }

    @Override
    public boolean owns(SelectionKey key) {
        return key.attachment() == driven;
    }

    @Override
    public void onReady(SelectionKey key) {
        driven.onReady(key);
    }

    @Override
    public OptionalLong nextDeadlineNanos() {
        return driven.nextDeadlineNanos();
    }

    @Override
    public void tick(long nowNanos) {
        driven.tick(nowNanos);
    }
}
