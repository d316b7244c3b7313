package dev.lockstep.server.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A first handshake, from the accepted connection to its end. */
@Name("dev.lockstep.Handshake")
@Label("Handshake")
@Category("Lockstep")
@StackTrace(false)
final class HandshakeEvent extends Event {

    @Label("Connection")
    long connection;

    @Label("Peer")
    @Nullable
    String peer;

    @Label("Outcome")
    @Nullable
    String outcome;

    @Label("Cipher Suite")
    @Nullable
    String suite;

    @Label("Resumed")
    boolean resumed;

    @Label("Waits")
    @Description("How often the handshake was suspended")
    int waits;

    @Label("Waited")
    @Timespan(Timespan.NANOSECONDS)
    long waited;

    @Label("Received")
    @DataAmount
    long received;
}
