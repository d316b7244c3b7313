/** The connection, the results of its steps, and its exception: what an embedder uses. */
package dev.lockstep.tls;
