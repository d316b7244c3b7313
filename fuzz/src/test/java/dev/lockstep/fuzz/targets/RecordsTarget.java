package dev.lockstep.fuzz.targets;

import dev.lockstep.fuzz.Input;
import dev.lockstep.fuzz.Target;
import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.testkit.util.SeededRandom;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.wait.RefusedException;
import java.nio.ByteBuffer;

/**
 * Any bytes as what a client sends, in any portions and with any room for the answer: the connection continues, or ends with
 * one failure and without secrets.
 */
public final class RecordsTarget implements Target {

    /** The least room that the connection needs to send something. */
    private static final int SMALL_OUTPUT = 1024;

    private final SeededRandom random = new SeededRandom(2);
    private final TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.P256))
            .random(random)
            .build();

    @Override
    public void run(byte[] bytes) {
        random.restart(2);
        Input input = new Input(bytes);
        int portion = 1 + input.below(255);
        int outputs = 1 + input.below(3);
        TlsServerConnection tls = TlsServerConnection.create(config, waiting -> {});
        ByteBuffer in = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
        ByteBuffer out = ByteBuffer.allocate(SMALL_OUTPUT);
        try {
            drive(tls, in, out, input, portion, outputs);
        } catch (TlsException e) {
            Expect.that(e == tls.failure() && tls.isClosed(), "not the connection's failure");
            // What an operation refuses is the client's fault: a public value, for one.
            if (e.getCause() != null && !(e.getCause() instanceof RefusedException)) {
                throw new AssertionError("a defect", e);
            }
        }
        while (tls.close(out.clear()) != StepResult.CLOSED) {
            Expect.that(out.position() > 0, "it closes without end");
        }
        SecretHunt.assertHandshakeHoldsNone(tls);
    }

    private static void drive(
            TlsServerConnection tls, ByteBuffer in, ByteBuffer out, Input input, int portion, int outputs)
            throws TlsException {
        int most = 64 + 16 * input.remaining();
        for (int steps = 0; steps < most; steps++) {
            out.clear().limit(steps % outputs == 0 ? out.capacity() : 0);
            in.flip();
            StepResult result = tls.step(in, out);
            in.compact();
            boolean hungry = result == StepResult.NEED_INPUT || result == StepResult.ESTABLISHED;
            if (result == StepResult.CLOSED || (hungry && input.isOver())) {
                return;
            }
            if (hungry) {
                in.put(input.bytes(Math.min(portion, in.remaining())));
            }
        }
        throw new AssertionError("it takes more than " + most + " steps");
    }
}
