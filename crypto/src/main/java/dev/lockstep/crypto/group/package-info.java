/** Ephemeral key agreement over the named groups of TLS. */
package dev.lockstep.crypto.group;
