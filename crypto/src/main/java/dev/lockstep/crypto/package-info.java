/**
 * Ciphers, hashes, the PRF, key agreement and signatures, under names of TLS and with none of its state.
 *
 * <p>Byte ranges are (array, offset, length). Keys handed in are copied, and {@code destroy()} wipes what can be wiped.
 * Objects hold one key for one direction and belong to one thread at a time unless they say otherwise.
 */
package dev.lockstep.crypto;
