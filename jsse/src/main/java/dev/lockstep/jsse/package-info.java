/**
 * What a server imports: the provider, the context, the engine with its three ways to wait, and private keys that live
 * elsewhere in the form that key managers and key stores can carry.
 */
package dev.lockstep.jsse;
