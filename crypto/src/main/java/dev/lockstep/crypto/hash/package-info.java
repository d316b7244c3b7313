/** Hashes, HMAC, the PRF of TLS 1.2 and the hash of a handshake. */
package dev.lockstep.crypto.hash;
