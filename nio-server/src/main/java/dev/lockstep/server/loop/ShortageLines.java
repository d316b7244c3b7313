package dev.lockstep.server.loop;

import dev.lockstep.nio.Limits;
import dev.lockstep.nio.LoopObserver;
import dev.lockstep.nio.Shortage;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says that a server is full: a line for each kind of shortage when it begins and every ten seconds while it lasts, with how
 * often it was met in between. For the thread of the loop.
 */
public final class ShortageLines implements LoopObserver {

    private static final long SPAN = TimeUnit.SECONDS.toNanos(10);

    private final Consumer<String> lines;
    private final Limits limits;
    private final LongSupplier nanos;
    private final Map<Shortage, Said> said = new EnumMap<>(Shortage.class);

    private static final class Said {
        private final long at;
        private int since;

        Said(long at) {
            this.at = at;
        }
    }

    /** @param lines receives each message of the event 'full', which has no line end */
    public ShortageLines(Consumer<String> lines, Limits limits, LongSupplier nanos) {
        this.lines = lines;
        this.limits = limits;
        this.nanos = nanos;
    }

    @Override
    public void onShortage(Shortage shortage, @Nullable SocketAddress client) {
        long now = nanos.getAsLong();
        Said last = said.get(shortage);
        if (last != null && now - last.at < SPAN) {
            last.since++;
            return;
        }
        said.put(shortage, new Said(now));
        int missed = last == null ? 0 : last.since;
        lines.accept(
                text(shortage, client) + (missed == 0 ? "" : "; " + missed + " times more since the last such line"));
    }

    private String text(Shortage shortage, @Nullable SocketAddress client) {
        return switch (shortage) {
            case CONNECTIONS -> limits.connections() + " connections are open; the oldest handshakes end for new ones";
            case NETWORK ->
                address(client) + " and its network have " + limits.perNetwork()
                        + " connections; further ones are refused";
            case MEMORY -> "the connections hold " + (limits.memory() >> 20) + " MiB; those that hold most end";
            case DESCRIPTORS -> "no connection can be accepted, most likely for want of descriptors (ulimit -n)";
        };
    }

    private static String address(@Nullable SocketAddress client) {
        return client instanceof InetSocketAddress internet && internet.getAddress() != null
                ? internet.getAddress().getHostAddress()
                : "a client";
    }
}
