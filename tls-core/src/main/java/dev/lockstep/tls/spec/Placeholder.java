package dev.lockstep.tls.spec;

/** Keeps the package exportable until its first type arrives. */
interface Placeholder {}
