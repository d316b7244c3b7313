package dev.lockstep.server;

import java.nio.ByteBuffer;

/** What speaks inside the TLS connection; one object per connection, called on the selector thread. */
public interface Application {

    /**
     * A record of application data arrived; it may be empty.
     *
     * @param record in read mode; may be handed to {@link Session#send}, otherwise valid during the call only
     */
    void onRecord(ByteBuffer record, Session session);
}
