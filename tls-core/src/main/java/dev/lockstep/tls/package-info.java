/**
 * What an embedder imports: the connection, the results of its steps, and its one exception.
 */
package dev.lockstep.tls;
