/** RSA decryption of premaster secrets, with local keys and tokens, and their unpadding in constant time. */
package dev.lockstep.crypto.rsa;
