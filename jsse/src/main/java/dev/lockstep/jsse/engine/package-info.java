/** The coordination between a suspended connection and the server that drives it. */
package dev.lockstep.jsse.engine;
