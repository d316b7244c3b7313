/**
 * A complete single-selector server and its command line: the embedding of Lockstep, shown.
 */
package dev.lockstep.server;
