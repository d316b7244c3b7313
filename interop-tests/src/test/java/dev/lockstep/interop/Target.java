package dev.lockstep.interop;

import java.nio.file.Path;

/**
 * What a client connects to.
 *
 * @param port on 127.0.0.1
 * @param certificate the one that the server has to present
 * @param trust the PEM file of the only root the client trusts
 */
record Target(int port, KeyKind certificate, Path trust) {
    /** The server_name to ask for, and the name the certificate must have. */
    String host() {
        return certificate.host();
    }
}
