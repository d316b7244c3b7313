/**
 * The key-use log: one line for every private-key operation, chained so that a change shows. {@code
 * docs/protocols/key-use-log.md} gives the form and what it does and does not prove.
 */
package dev.lockstep.server.audit;
