/** Authenticated encryption (AES-GCM, ChaCha20-Poly1305, CCM and others), one object per key and direction. */
package dev.lockstep.crypto.aead;
