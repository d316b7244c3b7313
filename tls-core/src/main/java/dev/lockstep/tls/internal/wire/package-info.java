/**
 * The only byte arithmetic: a bounded cursor, a growing writer, and the alert that names what was wrong with the bytes.
 */
package dev.lockstep.tls.internal.wire;
