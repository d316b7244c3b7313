/** Server sockets that block, over the blocking channel of {@code dev.lockstep.nio}. */
package dev.lockstep.jsse.socket;
