package dev.lockstep.simulation.keyserver;

import dev.lockstep.simulation.Choices;
import dev.lockstep.simulation.Fault;
import dev.lockstep.simulation.Loop;
import dev.lockstep.simulation.LoopWorld;
import dev.lockstep.simulation.sockets.MemorySocket;
import dev.lockstep.testkit.util.Bytes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One connection between a server and its key server: two streams that the network delays and cuts into pieces, that take a
 * bounded number of bytes, and that both end when the connection breaks, of which the client need not hear.
 */
final class Wire {

    private final Uplink uplink;
    private final Host host;
    private final Loop time;
    private final Choices choices;
    private final int window;
    private final int slowness;
    private final @Nullable Mixer mixer;
    private final MemorySocket client;
    private final MemorySocket server;
    private final Stream toServer;
    private final Stream toClient;
    private boolean whole = true;

    Wire(Uplink uplink, Host host, LoopWorld world, Choices choices, SelectorProvider provider) {
        this.uplink = uplink;
        this.host = host;
        this.time = world.time();
        this.choices = choices;
        // A handshake in the smallest would take longer than the link is patient.
        int least = host.speaksTls() ? 8_000 : 200;
        this.window = choices.below(3) == 0 ? least + choices.below(800) : 1 << 16;
        this.slowness = choices.below(4) == 0 ? 60 : 8;
        this.mixer = world.fault() == Fault.ANSWER_FOR_ANOTHER ? new Mixer(() -> uplink.openRequests() > 1) : null;
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), uplink.number());
        this.toServer = new Stream();
        this.toClient = new Stream();
        this.client = MemorySocket.unconnected(provider, address, new End(toServer, toClient));
        this.server = new MemorySocket(provider, address, new End(toClient, toServer));
        toServer.lead(client, server);
        toClient.lead(server, client);
    }

    MemorySocket client() {
        return client;
    }

    MemorySocket server() {
        return server;
    }

    /** Whether it is not broken. */
    boolean isWhole() {
        return whole;
    }

    /** Whether the server's stream to the client takes nothing now. */
    boolean isFull() {
        return whole && toClient.room() == 0;
    }

    /** It breaks: what is under way is lost. */
    void breaks(boolean clientHears) {
        whole = false;
        server.resets();
        host.isDue();
        if (clientHears) {
            toClient.later(client::resets);
        }
    }

    /** One end of the connection. */
    private final class End implements MemorySocket.Peer {
        private final Stream out;
        private final Stream in;

        End(Stream out, Stream in) {
            this.out = out;
            this.in = in;
        }

        @Override
        public void connecting() {
            out.later(() -> {
                boolean there = host.accept(uplink, server);
                in.later(() -> client.answered(there));
            });
        }

        @Override
        public int room() {
            return out.room();
        }

        @Override
        public void sent(byte[] bytes) {
            byte[] sent = mixer == null || out == toServer ? bytes : mixer.mix(bytes);
            for (int at = 0; at < sent.length; ) {
                int count = Math.min(sent.length - at, choices.oneIn(3) ? 1 + choices.below(64) : sent.length);
                out.carry(Bytes.slice(sent, at, count));
                at += count;
            }
        }

        @Override
        public void ended(boolean closed) {
            in.hasReader = !closed && in.hasReader;
            out.later(out::end);
        }
    }

    /** One direction. */
    private final class Stream {
        private @Nullable MemorySocket from;
        private @Nullable MemorySocket to;
        private boolean hasReader = true;
        private int underWay;
        private long last;

        void lead(MemorySocket writer, MemorySocket reader) {
            from = writer;
            to = reader;
        }

        int room() {
            return Math.max(0, window - underWay - (to == null ? 0 : to.unread()));
        }

        /** In the order in which it was sent. */
        void later(Runnable what) {
            last = Math.max(last, time.now() + LoopWorld.millis(choices.below(slowness)));
            time.after(last - time.now(), () -> {
                uplink.pass(what);
                host.isDue();
            });
        }

        void carry(byte[] bytes) {
            // Behind a class of the JDK the search for secrets does not look: what is under way has left.
            AtomicReference<byte[]> piece = new AtomicReference<>(bytes);
            underWay += bytes.length;
            later(() -> {
                underWay -= piece.get().length;
                if (whole && hasReader && to != null) {
                    to.arrives(piece.get());
                } else if (from != null && (from == server || host.isUp())) {
                    from.resets(); // what there is no reader for is answered
                }
            });
        }

        void end() {
            if (to != null && whole) {
                to.endsInput();
            }
        }
    }
}
