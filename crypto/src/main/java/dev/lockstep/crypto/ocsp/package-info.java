/** The part of an OCSP response (RFC 6960) that a server must understand before it staples it. */
package dev.lockstep.crypto.ocsp;
