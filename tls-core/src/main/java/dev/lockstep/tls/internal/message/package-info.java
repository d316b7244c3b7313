/**
 * One record per struct of RFC 5246 section 7, in the order of the wire.
 */
package dev.lockstep.tls.internal.message;
