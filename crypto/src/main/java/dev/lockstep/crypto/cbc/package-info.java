/** Block ciphers in CBC mode with HMAC: MAC-then-encrypt, opened in constant time, and encrypt-then-MAC (RFC 7366). */
package dev.lockstep.crypto.cbc;
