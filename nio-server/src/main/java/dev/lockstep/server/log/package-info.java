/** The program's own log: one line for each event, as text or JSON, through {@link java.lang.System.Logger}. */
@org.jspecify.annotations.NullMarked
package dev.lockstep.server.log;
