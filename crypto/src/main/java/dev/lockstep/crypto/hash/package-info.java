/** Hash functions, HMAC, the PRF of TLS 1.2 and the running hash of a handshake. */
package dev.lockstep.crypto.hash;
