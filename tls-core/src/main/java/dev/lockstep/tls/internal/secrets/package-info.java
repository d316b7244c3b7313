/**
 * Premaster secret, master secret, key block, verify data: derived once, wiped when done.
 */
package dev.lockstep.tls.internal.secrets;
