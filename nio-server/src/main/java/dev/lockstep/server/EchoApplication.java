package dev.lockstep.server;

import java.nio.ByteBuffer;

/** Sends every record back: one for one, the same bytes. */
final class EchoApplication implements Application {

    static final EchoApplication INSTANCE = new EchoApplication();

    private EchoApplication() {}

    @Override
    public void onRecord(ByteBuffer record, Session session) {
        session.send(record);
    }
}
