package dev.lockstep.interop;

import java.nio.file.Path;

/**
 * A certificate with its key as PEM files.
 *
 * @param chain the leaf first, then whatever leads to a root, without the root
 * @param key the leaf's private key, PKCS#8, not encrypted
 */
public record KeyMaterial(Path chain, Path key) {}
