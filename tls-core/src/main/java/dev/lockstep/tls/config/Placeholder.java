package dev.lockstep.tls.config;

/** Keeps the package exportable until its first type arrives. */
interface Placeholder {}
