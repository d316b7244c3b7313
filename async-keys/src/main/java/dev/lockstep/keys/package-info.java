/**
 * Implementations of the private-key SPI. All of them are usable side by side in one server.
 */
package dev.lockstep.keys;
