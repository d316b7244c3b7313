/** The SPI for pre-shared keys (RFC 4279). */
package dev.lockstep.tls.psk;
