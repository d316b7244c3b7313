package dev.lockstep.server.serve;

import dev.lockstep.nio.Handler;
import dev.lockstep.nio.Session;
import java.nio.ByteBuffer;

/** Sends every record back: one for one, the same bytes. */
public final class EchoApplication implements Handler {

    public static final EchoApplication INSTANCE = new EchoApplication();

    private EchoApplication() {}

    @Override
    public void onData(Session session, ByteBuffer data) {
        session.send(data);
    }
}
