/**
 * The primitives of TLS 1.2, named as TLS names them: this package has what they share, wiping and comparison in constant
 * time. Nothing here holds protocol state.
 *
 * <p>Byte ranges are (array, offset, length). Keys handed in are copied, and {@code destroy()} wipes what can be wiped.
 * Objects hold one key for one direction and belong to one thread at a time unless they say otherwise.
 */
package dev.lockstep.crypto;
