/**
 * The SPI for verifying client certificates, synchronously or not, and an implementation on the JDK's PKIX
 * validation.
 */
package dev.lockstep.tls.peer;
