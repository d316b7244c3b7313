/** Certificates with their keys and OCSP responses, read and tried before they are served. */
@org.jspecify.annotations.NullMarked
package dev.lockstep.server.credential;
