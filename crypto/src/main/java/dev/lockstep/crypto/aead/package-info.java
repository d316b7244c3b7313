/** Authenticated encryption (GCM, ChaCha20-Poly1305, CCM): one object for each key and direction. */
package dev.lockstep.crypto.aead;
