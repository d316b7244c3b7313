package dev.lockstep.testkit;

import java.util.List;

/** The other end of a connection that a {@link ServerDriver} drives. */
public interface Peer {

    /** The records that the peer sends now; each is returned once. */
    List<byte[]> takeRecords();

    /** Whether {@link #takeRecords} would return any. */
    boolean hasRecords();

    /** Takes the server's bytes, in any portions. */
    void receives(byte[] bytes);
}
