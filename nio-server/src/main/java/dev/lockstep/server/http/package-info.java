/** HTTP/1.1 for the page that {@code serve} and {@code demo} have built in. */
package dev.lockstep.server.http;
