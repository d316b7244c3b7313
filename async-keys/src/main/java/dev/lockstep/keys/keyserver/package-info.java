/**
 * The client of a key server: a process of its own that holds private keys and answers over a Unix-domain socket or
 * over mutual TLS. It runs in the application's selector loop and has no thread.
 */
package dev.lockstep.keys.keyserver;
