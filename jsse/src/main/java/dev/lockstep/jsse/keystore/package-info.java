/** Key stores of type {@code LOCKSTEP}: text files that say where certificates and keys are. */
package dev.lockstep.jsse.keystore;
