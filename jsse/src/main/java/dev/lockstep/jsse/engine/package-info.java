/** How a suspended connection and the server that drives it find each other again. */
package dev.lockstep.jsse.engine;
