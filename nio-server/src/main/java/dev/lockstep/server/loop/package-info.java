/**
 * What runs a server of any command: its socket, its selector loops with what lives in them and observes them, and the
 * thread pools beside them.
 */
@org.jspecify.annotations.NullMarked
package dev.lockstep.server.loop;
