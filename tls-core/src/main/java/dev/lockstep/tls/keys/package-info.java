/**
 * The SPI behind which a private key may live elsewhere: an HSM, a smartcard, another process, another machine.
 */
package dev.lockstep.tls.keys;
