/**
 * A TLS 1.2 client that sends what it is told, in any order, and checks everything it gets back. It shares no code with
 * Lockstep: {@link dev.lockstep.testkit.client.ScriptedClient} has its own encodings, key schedule and record
 * protection. {@link dev.lockstep.testkit.client.ClientMessages} and
 * {@link dev.lockstep.testkit.client.ClientAuthMessages} list what it can send, honest and not.
 */
package dev.lockstep.testkit.client;
