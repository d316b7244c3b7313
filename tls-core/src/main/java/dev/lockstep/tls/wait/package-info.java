/** The SPI for asynchronous operations of a handshake: start, poll, wake, cancel. */
package dev.lockstep.tls.wait;
