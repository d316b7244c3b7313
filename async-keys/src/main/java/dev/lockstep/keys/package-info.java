/**
 * Bridges from what an application has already to the private-key SPI: a key in memory, a blocking driver behind an
 * executor, a client library that answers with a future, four callbacks as in Mbed TLS. One server can use all of them
 * side by side.
 */
package dev.lockstep.keys;
