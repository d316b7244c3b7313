/**
 * One record per extension, and the set that keeps their order and refuses duplicates.
 */
package dev.lockstep.tls.internal.extension;
