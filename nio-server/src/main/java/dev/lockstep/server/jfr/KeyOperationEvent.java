package dev.lockstep.server.jfr;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A private-key operation has ended. */
@Name("dev.lockstep.KeyOperation")
@Label("Key Operation")
@Category("Lockstep")
@StackTrace(false)
final class KeyOperationEvent extends Event {

    @Label("Kind")
    @Nullable
    String kind;

    @Label("Certificate")
    @Nullable
    String certificate;

    @Label("Scheme")
    @Nullable
    String scheme;

    @Label("Outcome")
    @Nullable
    String outcome;

    @Label("Service Time")
    @Timespan(Timespan.NANOSECONDS)
    long service;
}
