package dev.lockstep.fuzz.targets;

import dev.lockstep.fuzz.Input;
import dev.lockstep.fuzz.Target;
import dev.lockstep.simulation.Server;
import dev.lockstep.simulation.Single;
import dev.lockstep.testkit.util.FakeClock;
import java.util.List;

/**
 * Whole connections: a client that is honest, hostile or both in turn, under the keys that it has, while operations end well,
 * badly, late or not, buffers are small, and the application closes or asks for more. Each ends with nothing pending and no
 * secret held.
 */
public final class ConnectionTarget implements Target {

    private final FakeClock clock = new FakeClock();
    private final List<Server> servers = Server.all(clock);

    @Override
    public void run(byte[] bytes) {
        Input input = new Input(bytes);
        Server server = servers.get(input.below(servers.size()));
        server.restart(1);
        new Single(server, clock, input).run();
    }
}
