package dev.lockstep.server.jfr;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A fatal alert was sent or received. */
@Name("dev.lockstep.Alert")
@Label("Alert")
@Category("Lockstep")
@StackTrace(false)
final class AlertEvent extends Event {

    @Label("Connection")
    long connection;

    @Label("Alert")
    @Nullable
    String alert;

    @Label("Received")
    boolean received;

    @Label("Reason")
    @Nullable
    String reason;
}
