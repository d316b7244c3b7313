package dev.lockstep.interop;

import java.nio.file.Path;

/**
 * What a client connects to.
 *
 * @param port on 127.0.0.1
 * @param host the server_name to ask for, and the name the certificate must have
 * @param trust the PEM file of the only root the client trusts
 */
record Target(int port, String host, Path trust) {}
