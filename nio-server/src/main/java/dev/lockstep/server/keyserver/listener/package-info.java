/** Where the clients of a key server arrive: a Unix-domain socket, and a TCP port with mutual TLS. */
package dev.lockstep.server.keyserver.listener;
