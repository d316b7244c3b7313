/** The {@code demo} command: a server with throw-away keys in a second process. */
package dev.lockstep.server.demo;
