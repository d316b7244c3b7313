/**
 * The program {@code lockstep}: its command line and the server that its commands share.
 */
package dev.lockstep.server;
