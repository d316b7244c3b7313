package dev.lockstep.tls;

/** Keeps the package exportable until its first type arrives. */
interface Placeholder {}
