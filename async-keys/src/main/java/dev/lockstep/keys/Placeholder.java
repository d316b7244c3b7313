package dev.lockstep.keys;

/** Keeps the package exportable until its first type arrives. */
interface Placeholder {}
