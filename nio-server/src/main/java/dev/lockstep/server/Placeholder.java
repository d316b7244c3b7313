package dev.lockstep.server;

/** Keeps the package exportable until its first type arrives. */
interface Placeholder {}
