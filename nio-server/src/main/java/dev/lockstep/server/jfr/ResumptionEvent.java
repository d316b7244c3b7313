package dev.lockstep.server.jfr;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timestamp;

/** A handshake has resumed an earlier session. */
@Name("dev.lockstep.Resumption")
@Label("Resumption")
@Category("Lockstep")
@StackTrace(false)
final class ResumptionEvent extends Event {

    @Label("Connection")
    long connection;

    @Label("Session Created")
    @Timestamp(Timestamp.MILLISECONDS_SINCE_EPOCH)
    long created;
}
