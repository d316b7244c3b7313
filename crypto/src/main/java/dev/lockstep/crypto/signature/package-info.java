/** Signatures: signing with local keys, verification, and their encodings. */
package dev.lockstep.crypto.signature;
