/**
 * The program {@code lockstep}: its command line, and what the options of several commands have in common.
 */
package dev.lockstep.server;
