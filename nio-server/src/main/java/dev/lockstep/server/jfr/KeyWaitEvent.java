package dev.lockstep.server.jfr;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A handshake was suspended: from the question to something outside to its answer. */
@Name("dev.lockstep.KeyWait")
@Label("Wait")
@Category("Lockstep")
@StackTrace(false)
final class KeyWaitEvent extends Event {

    @Label("Connection")
    long connection;

    @Label("Kind")
    @Nullable
    String kind;
}
