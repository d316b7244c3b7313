package dev.lockstep.server.serve;

import dev.lockstep.server.Application;
import dev.lockstep.server.Session;
import java.nio.ByteBuffer;

/** Sends every record back: one for one, the same bytes. */
public final class EchoApplication implements Application {

    public static final EchoApplication INSTANCE = new EchoApplication();

    private EchoApplication() {}

    @Override
    public void onRecord(ByteBuffer record, Session session) {
        session.send(record);
    }
}
