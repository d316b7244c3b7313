/** RSA decryption of premaster secrets, unpadded in constant time. */
package dev.lockstep.crypto.rsa;
