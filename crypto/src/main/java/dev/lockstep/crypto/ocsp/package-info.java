/** Reading OCSP responses that are to be stapled. */
package dev.lockstep.crypto.ocsp;
