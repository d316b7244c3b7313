/** Resumable sessions: the SPI of session stores and ticket protectors, and an implementation of each. */
package dev.lockstep.tls.session;
