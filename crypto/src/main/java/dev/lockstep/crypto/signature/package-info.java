/** Signatures: signing with keys in this process, verification, and the encodings of both. */
package dev.lockstep.crypto.signature;
