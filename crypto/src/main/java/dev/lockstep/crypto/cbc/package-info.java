/** Block ciphers in CBC mode with HMAC, opened in constant time. */
package dev.lockstep.crypto.cbc;
