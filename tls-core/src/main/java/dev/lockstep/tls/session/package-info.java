/**
 * Sessions that outlive a connection: the SPI of session stores and ticket protectors, and one implementation of each.
 */
package dev.lockstep.tls.session;
