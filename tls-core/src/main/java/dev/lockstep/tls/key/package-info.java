/** The SPI for private keys that live elsewhere: an HSM, a smartcard, another process, another machine. */
package dev.lockstep.tls.key;
