/** The SPI for private keys outside the library: in an HSM, a smartcard, another process, another machine. */
package dev.lockstep.tls.key;
