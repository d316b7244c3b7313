/**
 * Who the client is: the SPI behind which its certificate is judged, possibly by asking somebody else, and the judge that
 * the JDK brings.
 */
package dev.lockstep.tls.peer;
