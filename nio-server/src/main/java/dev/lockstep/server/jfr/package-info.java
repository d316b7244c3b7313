/** Events of the JDK's Flight Recorder. They cost next to nothing while no recording runs. */
@org.jspecify.annotations.NullMarked
package dev.lockstep.server.jfr;
