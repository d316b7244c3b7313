/**
 * Bridges from what an application has already to the questions of the SPI: a blocking function behind an executor, a
 * client library that answers with a future; for private keys also a key in memory and four callbacks as in Mbed TLS.
 * One server can use all of them side by side.
 */
package dev.lockstep.keys;
