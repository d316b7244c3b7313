/** Certificates and keys in PEM files. */
package dev.lockstep.server.pem;
