/**
 * The public API for servers: the provider, the context, the engine with its three ways to wait, and private keys
 * outside the library in the form that key managers and key stores carry.
 */
package dev.lockstep.jsse;
