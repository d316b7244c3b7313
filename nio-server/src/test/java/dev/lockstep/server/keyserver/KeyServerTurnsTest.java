package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.transport.ByteTransport;
import dev.lockstep.keys.keyserver.transport.PlainTransport;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.audit.KeyPeer;
import dev.lockstep.server.keyserver.listener.ClientListener;
import dev.lockstep.server.keyserver.policy.ClientIdentity;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A known client waits for at most two steps of the TLS handshakes of others, however many there are. */
@Timeout(60)
class KeyServerTurnsTest {

    private static final int STRANGERS = 10;
    private static final KeyServerLimits LIMITS =
            new KeyServerLimits(64, 10, 10, 0, TimeUnit.HOURS.toNanos(1), TimeUnit.HOURS.toNanos(1));

    @TempDir
    Path directory;

    private int arrived;
    private int steps;

    /** A handshake that always has another step to compute. */
    private final class EndlessHandshake implements ByteTransport {

        private final SocketChannel channel;

        EndlessHandshake(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            channel.read(ByteBuffer.allocate(16));
            steps++;
            return 0;
        }

        @Override
        public int write(ByteBuffer from) {
            return 0;
        }

        @Override
        public boolean holdsOutput() {
            return false;
        }

        @Override
        public boolean holdsInput() {
            return true;
        }

        @Override
        public boolean isOpenForOutput() {
            return false;
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private record Arrival(ByteTransport transport, String where, boolean isKnown) implements ClientListener.Admission {

        @Override
        public String origin() {
            return where;
        }

        @Override
        public ClientIdentity identity() {
            return new ClientIdentity(where, KeyPeer.local(1), key -> true);
        }
    }

    /** The first ones are strangers, each from an address of its own; all others are known. */
    private final class Entrance extends TestEntrance {

        Entrance(Path socket) throws IOException {
            super(socket);
        }

        @Override
        public Admission admit(SocketChannel client) {
            String name = "client " + ++arrived;
            return arrived <= STRANGERS
                    ? new Arrival(new EndlessHandshake(client), name, false)
                    : new Arrival(new PlainTransport(client), name, true);
        }
    }

    @Test
    void aKnownClientIsAnsweredInTheNextRoundInWhichTwoStepsOfOthersAreDone() throws Exception {
        Path socket = directory.resolve("s");
        List<SocketChannel> strangers = new ArrayList<>();
        KeyServer server = new KeyServer(
                new Entrance(socket),
                Map::of,
                LIMITS,
                HolderQueues.of(new WorkQueue(work -> {})),
                UsageLog.none(),
                line -> {},
                System::nanoTime);
        try {
            server.begin();
            for (int i = 0; i < STRANGERS; i++) {
                SocketChannel stranger = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                strangers.add(stranger);
                stranger.write(ByteBuffer.wrap(new byte[1]));
            }
            while (steps < 3 * STRANGERS) {
                server.round();
            }
            try (RawClient known = RawClient.connect(socket)) {
                known.send(0, new Message.Hello(Message.VERSION, Message.VERSION));
                while (arrived <= STRANGERS) {
                    server.round();
                }
                server.round(); // in which it is selected
                assertThat(known.answer(0)).isInstanceOf(Message.Welcome.class);
                for (int id = 1; id <= 20; id++) {
                    int before = steps;
                    known.send(id, new Message.Ping());
                    server.round();
                    assertThat(known.answer(id)).isEqualTo(new Message.Pong());
                    assertThat(steps - before).isEqualTo(2);
                }
            }
        } finally {
            server.end();
            for (SocketChannel each : strangers) {
                each.close();
            }
        }
    }
}
