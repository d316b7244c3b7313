/** The keys of a PKCS#11 token, through the JDK's SunPKCS11 provider. */
package dev.lockstep.keys.pkcs11;
