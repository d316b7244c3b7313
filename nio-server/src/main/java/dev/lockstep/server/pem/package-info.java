/** Files of certificates, private keys and revocation lists: PEM, DER, PKCS#7, PKCS#12 and OpenSSH's form. */
package dev.lockstep.server.pem;
