package dev.lockstep.tls.keys;

/** Keeps the package exportable until its first type arrives. */
interface Placeholder {}
