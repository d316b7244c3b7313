/** Servers in processes of their own, measured over sockets of the loopback address: rates and processor time. */
@NullMarked
package dev.lockstep.jmh.sockets;

import org.jspecify.annotations.NullMarked;
