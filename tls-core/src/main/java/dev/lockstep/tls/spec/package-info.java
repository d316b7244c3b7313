/**
 * The numbers IANA keeps for TLS, as enums under the names of the RFCs. No logic.
 */
package dev.lockstep.tls.spec;
