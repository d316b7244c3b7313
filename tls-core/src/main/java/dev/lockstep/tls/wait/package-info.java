/** How a handshake waits for an answer from outside: start, poll, wake, cancel. */
package dev.lockstep.tls.wait;
