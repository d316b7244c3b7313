package dev.lockstep.server;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The section of the help in which an option stands, or all options of a class. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.FIELD})
public @interface HelpSection {

    /** The options of a log, of metrics, and of what concerns the process. */
    String OPERATION = "Operation";

    /** What one client, or all of them, may take up. */
    String LIMITS = "Limits";

    /** Returns the heading, without a colon. */
    String value();
}
