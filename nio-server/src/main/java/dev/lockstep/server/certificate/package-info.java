/** What certificates and keys are used for: which are refused, mutual TLS with a key server, the public half of a key. */
@org.jspecify.annotations.NullMarked
package dev.lockstep.server.certificate;
